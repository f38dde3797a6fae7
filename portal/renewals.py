"""The mails that a sign-in at a place is over, or will be soon, to each who looks after the patient.

Each is written once: that it was is kept in the transaction that writes it.
"""

from django.db.models import F
from django.utils import timezone

from connect import notices
from connect.services import renewing
from ground import jobs, scope
from ground.models import Job
from ground.viewer import job_viewer
from portal import services


def tell(job: Job) -> jobs.Outcome:
    """Say that a sign-in is over, unless the patient has signed in again meanwhile."""
    patient_id = int(job.patient_id or 0)
    if job.slices:
        return jobs.Done()
    with scope.open(job_viewer(patient_id)):
        jobs.renew(job)
        Job.objects.filter(pk=job.pk).update(slices=F("slices") + 1)
        if renewing.has_lapsed(patient_id, job.subject):
            for each in services.looking_after(patient_id):
                notices.sign_in_over(each.user)
    return jobs.Done()


def remind(job: Job) -> jobs.Outcome:
    """Write the reminder that is due, and wait for the next."""
    patient_id = int(job.patient_id or 0)
    with scope.open(job_viewer(patient_id)):
        jobs.renew(job)
        due = renewing.due_reminder(patient_id, job.subject)
        if due is not None:
            for each in services.looking_after(patient_id):
                notices.sign_in_ends(each.user, due.day, due.connection.public_id)
        following = renewing.next_reminder(patient_id, job.subject)
    if following is None:
        return jobs.Done()
    return jobs.Later(max(1.0, (following - timezone.now()).total_seconds()))


jobs.register(notices.LAPSED, tell)
jobs.register(notices.REMIND, remind)
