"""Our words for what rarer records are made of, as message ids: what they are, what somebody decided, what
the sums of a bill are. The words that every page needs are in `records.fhir.wording`.

Sources: the value sets of FHIR R4, with the codes of STU3 and DSTU2 beside them, and CARIN's Blue Button
guide.
"""

from records.fhir.row import gettext_noop as _

PRIORITIES: dict[str, str] = {
    "routine": _("Routine"),
    "urgent": _("Urgent"),
    "asap": _("As soon as possible"),
    "stat": _("At once"),
}

ANSWERS: dict[str, str] = {
    "accepted": _("You said yes"),
    "declined": _("You said no"),
    "tentative": _("You said maybe"),
    "needs-action": _("You have not answered"),
}

CONSENTS: dict[str, str] = {"permit": _("Allowed"), "deny": _("Not allowed")}

LIST_MODES: dict[str, str] = {
    "working": _("Kept up to date"),
    "snapshot": _("As it was on that day"),
    "changes": _("What changed"),
}

ACTUALITIES: dict[str, str] = {
    "actual": _("Yes"),
    "potential": _("No, but it nearly did"),
}

EVENT_SORTS: dict[str, str] = {
    "ae": _("Harm that was done"),
    "pae": _("Harm that was nearly done"),
}

CAUSALITIES: dict[str, str] = {
    "certain": _("Certain"),
    "probably-likely": _("Likely"),
    "possible": _("Possible"),
    "unlikely": _("Unlikely"),
}

NAME_SORTS: dict[str, str] = {
    "user-friendly-name": _("Name"),
    "patient-reported-name": _("Your name for it"),
    "manufacturer-name": _("The maker's name for it"),
    "registered-name": _("Registered name"),
    "udi-label-name": _("Name on the label"),
    "model-name": _("Model name"),
    "other": _("Other name"),
}

QUESTION_SORTS: dict[str, str] = {
    "boolean": _("Yes or no"),
    "decimal": _("A number"),
    "integer": _("A number"),
    "quantity": _("A number"),
    "date": _("A date"),
    "dateTime": _("A date"),
    "time": _("A time of day"),
    "string": _("In words"),
    "text": _("In words"),
    "choice": _("One of several answers"),
    "open-choice": _("One of several answers"),
    "attachment": _("A file"),
    "display": _("Only to be read"),
}

MEDIA: dict[str, str] = {
    "photo": _("Photograph"),
    "image": _("Picture"),
    "video": _("Video"),
    "audio": _("Sound recording"),
}

FILE_FORMS: dict[str, str] = {
    "application/pdf": "PDF",
    "application/rtf": "RTF",
    "text/rtf": "RTF",
    "application/dicom": "DICOM",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/tiff": "TIFF",
    "text/html": "HTML",
}
"""What files are called by everybody, in every language."""

TYPES: dict[str, str] = {
    "Account": _("Account"),
    "AdverseEvent": _("Something that went wrong"),
    "AuditEvent": _("Log entry"),
    "Basic": _("Note of another kind"),
    "Binary": _("File"),
    "BodySite": _("Place on the body"),
    "BodyStructure": _("Place on the body"),
    "ClinicalImpression": _("Assessment"),
    "Communication": _("Message"),
    "CommunicationRequest": _("Request to send a message"),
    "Consent": _("Consent"),
    "Contract": _("Contract"),
    "DetectedIssue": _("Possible problem"),
    "Device": _("Device"),
    "DeviceUseStatement": _("Use of a device"),
    "DeviceMetric": _("Setting of a device"),
    "EnrollmentRequest": _("Application for insurance"),
    "FamilyMemberHistory": _("Family history"),
    "Flag": _("Warning"),
    "GuidanceResponse": _("Advice by a computer"),
    "List": _("List"),
    "Medication": _("Medicine as a product"),
    "MedicationKnowledge": _("About a medicine"),
    "Questionnaire": _("Questionnaire"),
    "QuestionnaireResponse": _("Answers to a questionnaire"),
    "ResearchStudy": _("Research study"),
    "ResearchSubject": _("Part in a research study"),
    "RiskAssessment": _("Assessment of a risk"),
    "Specimen": _("Sample"),
    "Substance": _("Substance"),
    "SupplyDelivery": _("Delivery"),
    "SupplyRequest": _("Order of supplies"),
}
"""What people call records whose type has no page of its own."""

CLAIM_FORMS: dict[str, str] = {
    "Claim": _("A bill that was sent to insurance"),
    "ExplanationOfBenefit": _("What insurance said about a bill (explanation of benefit)"),
    "ClaimResponse": _("An answer from insurance to a bill"),
}

# The adjudication codes of FHIR and of CARIN's Blue Button guide.
CLAIM_USES: dict[str, str] = {
    "claim": _("To be paid"),
    "complete": _("To be paid"),
    "preauthorization": _("To be told beforehand that it will be paid"),
    "pre-authorization": _("To be told beforehand that it will be paid"),
    "predetermination": _("An estimate beforehand"),
    "proposed": _("An estimate beforehand"),
}

BILL_REMARKS: dict[str, str] = {
    "info": _("Information"),
    "discharge": _("Discharge"),
    "onset": _("Beginning of the illness"),
    "related": _("Other services"),
    "exception": _("Exception"),
    "material": _("Material"),
    "attachment": _("Attachment"),
    "missingtooth": _("Missing tooth"),
    "prosthesis": _("Prosthesis"),
    "hospitalized": _("In hospital"),
    "employmentimpacted": _("Unable to work"),
    "externalcauseofinjury": _("Cause of the injury"),
    "patientreasonforvisit": _("Reason for the visit"),
    "admissionperiod": _("In hospital"),
    "discharge-status": _("Went to afterwards"),
    "clmrecvddate": _("Received by the insurer"),
    "typeofbill": _("Kind of bill"),
    "other": _("Other"),
}

DIAGNOSIS_SORTS: dict[str, str] = {
    "principal": _("Main diagnosis"),
    "admitting": _("Diagnosis at admission"),
    "discharge": _("Diagnosis at discharge"),
    "secondary": _("Further diagnosis"),
    "patientreasonforvisit": _("Reason for the visit"),
}

DOSE_SORTS: dict[str, str] = {
    "ordered": _("Dose as ordered"),
    "calculated": _("Dose as worked out"),
}

SUMS: dict[str, str] = {
    "submitted": _("Total billed"),
    "eligible": _("Amount the plan allows"),
    "allowed": _("Amount the plan allows"),
    "benefit": _("Paid by the plan"),
    "coinsurance": _("Coinsurance (your share)"),
    "copay": _("Copay (your share)"),
    "deductible": _("Deductible (your share)"),
    "discount": _("Discount"),
    "memberliability": _("You may owe"),
    "noncovered": _("Not covered"),
    "paidbypatient": _("Paid by you"),
    "paidtopatient": _("Paid to you"),
    "paidtoprovider": _("Paid to the provider"),
    "priorpayerpaid": _("Paid by another insurer"),
    "tax": _("Tax"),
}

CRITICALITIES: dict[str, str] = {
    "low": _("Low risk of a dangerous reaction"),
    "high": _("High risk of a dangerous reaction"),
    "unable-to-assess": _("The risk of a dangerous reaction could not be judged"),
}

ALLERGY_TYPES: dict[str, str] = {"allergy": _("Allergy"), "intolerance": _("Intolerance")}

ALLERGY_CATEGORIES: dict[str, str] = {
    "food": _("Food"),
    "medication": _("Medicine"),
    "environment": _("Environment"),
    "biologic": _("Biologic product"),
}
