"""What every room stands on: row scope, jobs, encryption, looks, the mail outbox. Knows none of the rooms."""
