"""Words the crowd is made of: invented names and places, real codes, sentences a clinician might write."""

from typing import NamedTuple

from sandbox.patients import tests_and_vaccines as use
from sandbox.patients.notebook import Test
from sandbox.patients.parts import Part, concept, icd10, rxnorm, snomed

# fmt: off
FEMALE_NAMES = (
    "Adela", "Beatrix", "Carmen", "Dorothea", "Edith", "Farah", "Greta", "Hanna", "Ines", "June",
    "Keiko", "Leonie", "Maren", "Nadia", "Odile", "Petra", "Ruth", "Saskia", "Thandiwe", "Ursula",
    "Vera", "Wilma", "Yasmin", "Zofia",
)
MALE_NAMES = (
    "Abel", "Bruno", "Casper", "Dmitri", "Elias", "Faisal", "Gordon", "Hugo", "Ivan", "Jonah", "Karim",
    "Lars", "Matteo", "Nils", "Oscar", "Pavel", "Quentin", "Rafael", "Simon", "Tomasz", "Ulrich",
    "Victor", "Wendell", "Yusuf",
)
FAMILY_NAMES = (
    "Abrahamsen", "Bellweather", "Castellano", "Dombrowski", "Eastgate", "Fairbrother", "Gutierrez",
    "Hallström", "Ishikawa", "Janowski", "Kettering", "Lindqvist", "Mbeki", "Nakagawa", "Okonkwo",
    "Pemberton", "Quigley", "Rasmussen", "Szymanski", "Thornbury", "Underhill", "Vandermeer",
    "Whitlock", "Xiong", "Yarrow", "Zamora",
)
# fmt: on
CITIES = (
    ("Millbrook Harbor", "ME", "04990"),
    ("Prairie Bend", "NE", "68999"),
    ("Cedar Fork", "OR", "97090"),
    ("Saltmarsh", "GA", "31399"),
    ("Three Pines", "MN", "55790"),
)
STREETS = ("Cooper Street", "Ferry Lane", "Mill Road", "Orchard Avenue", "Quarry Hill", "Station Road")

DOCTORS = (
    ("Miriam", "Okafor", "Internal medicine"),
    ("Jonas", "Halvorsen", "Family medicine"),
    ("Priya", "Raman", "Cardiology"),
)


class Medicine(NamedTuple):
    """A medicine as prescribed: what, the label's words, tablets for how many days, why."""

    what: Part
    label: str
    supply: int
    why: str


LABS: tuple[Test, ...] = (
    use.A1C,
    use.GLUCOSE,
    use.CREATININE,
    use.EGFR,
    use.SODIUM,
    use.POTASSIUM,
    use.UREA,
    use.CALCIUM,
    use.ALT,
    use.CHOLESTEROL,
    use.TRIGLYCERIDES,
    use.HDL,
    use.LDL,
    use.HEMOGLOBIN,
    use.HEMATOCRIT,
    use.LEUKOCYTES,
    use.PLATELETS,
    use.FERRITIN,
    use.TSH,
    use.VITAMIN_D,
)
# Test, usual value, how far it strays.
VITALS: tuple[tuple[Test, float, float], ...] = (
    (use.HEART_RATE, 74, 9),
    (use.BREATHS, 15, 2),
    (use.TEMPERATURE, 36.7, 0.3),
    (use.OXYGEN, 97, 1.2),
    (use.WEIGHT, 78, 9),
)
VACCINES = (use.FLU, use.COVID_VACCINE, use.TDAP, use.SHINGLES, use.PNEUMO20)

PROBLEMS: tuple[Part, ...] = (
    concept(
        "Essential hypertension", snomed("59621000", "Essential hypertension"), icd10("I10", "Hypertension")
    ),
    concept(
        "Type 2 diabetes mellitus",
        snomed("44054006", "Diabetes mellitus type 2"),
        icd10("E11.9", "Type 2 DM"),
    ),
    concept(
        "Hyperlipidemia", snomed("55822004", "Hyperlipidemia"), icd10("E78.5", "Hyperlipidemia, unspecified")
    ),
    concept(
        "Atrial fibrillation", snomed("49436004", "Atrial fibrillation"), icd10("I48.91", "Unspecified AF")
    ),
    concept(
        "Heart failure", snomed("84114007", "Heart failure"), icd10("I50.9", "Heart failure, unspecified")
    ),
    concept("Chronic kidney disease", snomed("709044004", "Chronic kidney disease"), icd10("N18.9", "CKD")),
    concept(
        "COPD", snomed("13645005", "Chronic obstructive lung disease"), icd10("J44.9", "COPD, unspecified")
    ),
    concept("Osteoarthritis", snomed("396275006", "Osteoarthritis"), icd10("M19.90", "Osteoarthritis")),
    concept(
        "Hypothyroidism", snomed("40930008", "Hypothyroidism"), icd10("E03.9", "Hypothyroidism, unspecified")
    ),
    concept(
        "Low back pain", snomed("279039007", "Low back pain"), icd10("M54.50", "Low back pain, unspecified")
    ),
    concept("Urinary tract infection", snomed("68566005", "Urinary tract infection"), icd10("N39.0", "UTI")),
    concept("Acute bronchitis", snomed("10509002", "Acute bronchitis"), icd10("J20.9", "Acute bronchitis")),
)
MEDICINES = (
    Medicine(
        concept("lisinopril 10 mg tablet", rxnorm("314076", "lisinopril 10 MG Oral Tablet")),
        "Take 1 tablet by mouth once daily",
        90,
        "Blood pressure",
    ),
    Medicine(
        concept("amlodipine 5 mg tablet", rxnorm("197361", "amlodipine 5 MG Oral Tablet")),
        "Take 1 tablet by mouth every evening",
        90,
        "Blood pressure",
    ),
    Medicine(
        concept("metFORMIN 500 mg tablet", rxnorm("861007", "metformin hydrochloride 500 MG Oral Tablet")),
        "Take 1 tablet by mouth twice daily with meals",
        60,
        "Diabetes",
    ),
    Medicine(
        concept("atorvastatin 40 mg tablet", rxnorm("617311", "atorvastatin 40 MG Oral Tablet")),
        "Take 1 tablet by mouth nightly",
        90,
        "Cholesterol",
    ),
    Medicine(
        concept("furosemide 40 mg tablet", rxnorm("313988", "furosemide 40 MG Oral Tablet")),
        "Take 1 tablet every morning; take a second one if weight is up 3 pounds in a day",
        30,
        "Swelling",
    ),
    Medicine(
        concept("gabapentin 300 mg capsule", rxnorm("310431", "gabapentin 300 MG Oral Capsule")),
        "Take 1 capsule at bedtime",
        30,
        "Nerve pain",
    ),
    Medicine(
        concept(
            "aspirin 81 mg delayed release", rxnorm("308416", "aspirin 81 MG Delayed Release Oral Tablet")
        ),
        "Take 1 tablet by mouth once daily",
        90,
        "Heart",
    ),
)
PROCEDURES = (
    concept("Electrocardiogram, 12 leads", snomed("29303009", "Electrocardiographic procedure")),
    concept("Chest X-ray", snomed("399208008", "Plain chest X-ray")),
    concept("Medication reconciliation", snomed("430193006", "Medication reconciliation")),
    concept("Foot examination for diabetes"),
    concept("Counseling about salt and fluids"),
)
ALLERGENS = (
    (concept("Penicillin", snomed("91936005", "Allergy to penicillin")), "Hives"),
    (concept("Sulfa drugs", snomed("91939003", "Allergy to sulfonamide")), "Rash"),
    (concept("Latex", snomed("300916003", "Allergy to latex")), "Itching"),
)
METHODS = ("Automated", "Calculated", "Measured at the bedside", "Photometry", "Read by the analyzer")
REASONS = (
    "Follow-up of blood pressure",
    "Shortness of breath on the stairs",
    "Medication review",
    "Swelling of both ankles",
    "Annual wellness visit",
    "Cough for ten days",
    "Back pain since moving furniture",
)
SENTENCES = (
    "Sleeps on two pillows, no change.",
    "Walks the dog around the block twice a day and has to stop once on the hill.",
    "Denies chest pain, palpitations or fainting.",
    "Weight is {weight} kg at home, up {change} kg over the week.",
    "Home blood pressure readings average {upper} over {lower}.",
    "Took all medicines this week, by the pill box.",
    "Ran out of the water pill three days before the visit.",
    "Lungs are clear on both sides. Heart sounds regular, no murmur heard today.",
    "There is a trace of swelling at both ankles, less than last time.",
    "Abdomen is soft and not tender.",
    "Reviewed last results together; kidney numbers are steady with creatinine {creatinine}.",
    "Daughter came along and helps with shopping and pills.",
    "We agreed to cut down on canned soup and to weigh every morning.",
    "Call the nurse line for a gain of more than 2 kg in a week.",
    "Return in {weeks} weeks with the home log, sooner if breathing gets harder.",
    "Feet: skin intact, feeling to the monofilament present at {points} of 10 points.",
    "Eye exam is due; referral sent.",
    "Would rather not start another medicine now. We will look again next time.",
)
