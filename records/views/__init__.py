"""Pages of records. A view checks what it was asked, asks `records.reading`, and answers."""
