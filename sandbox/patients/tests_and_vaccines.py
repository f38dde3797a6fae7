"""Tests, vital signs and vaccines the invented charts draw on: real codes, the usual ranges of an adult."""

from sandbox.patients.notebook import Test
from sandbox.patients.parts import Part, concept, cvx

A1C = Test("4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", "Hemoglobin A1c", "%", 4.0, 5.6)
GLUCOSE = Test("2345-7", "Glucose [Mass/volume] in Serum or Plasma", "Glucose", "mg/dL", 70, 99)
GLUCOSE_SI = Test("14749-6", "Glucose [Moles/volume] in Serum or Plasma", "Glucose", "mmol/L", 3.9, 5.5)
CREATININE = Test("2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "Creatinine", "mg/dL", 0.57, 1.00)
EGFR = Test(
    "98979-8",
    "Glomerular filtration rate/1.73 sq M.predicted [Volume Rate/Area] in Serum, Plasma or Blood "
    "by Creatinine-based formula (CKD-EPI 2021)",
    "eGFR",
    "mL/min/1.73 m2",
    60,
    None,
    "mL/min/{1.73_m2}",
)
SODIUM = Test("2951-2", "Sodium [Moles/volume] in Serum or Plasma", "Sodium", "mmol/L", 134, 144)
POTASSIUM = Test("2823-3", "Potassium [Moles/volume] in Serum or Plasma", "Potassium", "mmol/L", 3.5, 5.2)
UREA = Test("3094-0", "Urea nitrogen [Mass/volume] in Serum or Plasma", "BUN", "mg/dL", 6, 24)
CALCIUM = Test("17861-6", "Calcium [Mass/volume] in Serum or Plasma", "Calcium", "mg/dL", 8.7, 10.2)
ALT = Test(
    "1742-6",
    "Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma",
    "ALT (SGPT)",
    "U/L",
    0,
    32,
)
CHOLESTEROL = Test(
    "2093-3", "Cholesterol [Mass/volume] in Serum or Plasma", "Cholesterol, total", "mg/dL", 100, 199
)
TRIGLYCERIDES = Test(
    "2571-8", "Triglyceride [Mass/volume] in Serum or Plasma", "Triglycerides", "mg/dL", 0, 149
)
HDL = Test(
    "2085-9", "Cholesterol in HDL [Mass/volume] in Serum or Plasma", "HDL cholesterol", "mg/dL", 40, None
)
LDL = Test(
    "13457-7",
    "Cholesterol in LDL [Mass/volume] in Serum or Plasma by calculation",
    "LDL cholesterol (calculated)",
    "mg/dL",
    0,
    99,
)
HEMOGLOBIN = Test("718-7", "Hemoglobin [Mass/volume] in Blood", "Hemoglobin", "g/dL", 11.1, 15.9)
HEMATOCRIT = Test(
    "4544-3", "Hematocrit [Volume Fraction] of Blood by Automated count", "Hematocrit", "%", 34.0, 46.6
)
LEUKOCYTES = Test("6690-2", "Leukocytes [#/volume] in Blood by Automated count", "WBC", "10*3/uL", 3.4, 10.8)
PLATELETS = Test(
    "777-3", "Platelets [#/volume] in Blood by Automated count", "Platelets", "10*3/uL", 150, 450
)
FERRITIN = Test("2276-4", "Ferritin [Mass/volume] in Serum or Plasma", "Ferritin", "ng/mL", 15, 150)
TSH = Test("3016-3", "Thyrotropin [Units/volume] in Serum or Plasma", "TSH", "uIU/mL", 0.45, 4.5, "u[IU]/mL")
ALBUMIN_RATIO = Test(
    "14959-1",
    "Microalbumin/Creatinine [Mass Ratio] in Urine",
    "Urine albumin/creatinine ratio",
    "mg/g creat",
    None,
    30,
    "mg/g{creat}",
)
TROPONIN = Test(
    "89579-7",
    "Troponin I.cardiac [Mass/volume] in Serum or Plasma by High sensitivity method",
    "Troponin I, high sensitivity",
    "ng/L",
    None,
    16,
)
CRP = Test(
    "1988-5", "C reactive protein [Mass/volume] in Serum or Plasma", "C-reactive protein", "mg/L", None, 10
)
VITAMIN_D = Test(
    "62292-8", "25-hydroxyvitamin D2+D3 [Mass/volume] in Serum or Plasma", "Vitamin D", "ng/mL", 30, 100
)
URINE_CULTURE = Test("630-4", "Bacteria identified in Urine by Culture", "Urine culture")
URINE_COLOR = Test("5778-6", "Color of Urine", "Urine color")
COVID = Test(
    "94500-6",
    "SARS-CoV-2 (COVID-19) RNA [Presence] in Respiratory system specimen by NAA with probe detection",
    "COVID-19 PCR",
)
LEAD = Test("5671-3", "Lead [Mass/volume] in Blood", "Blood lead", "ug/dL", None, 3.5)
STREP = Test(
    "78012-2",
    "Streptococcus pyogenes Ag [Presence] in Throat by Rapid immunoassay",
    "Rapid strep test",
)

HEART_RATE = Test("8867-4", "Heart rate", "Pulse", "/min")
BREATHS = Test("9279-1", "Respiratory rate", "Respirations", "/min")
TEMPERATURE = Test("8310-5", "Body temperature", "Temperature", "°C", ucum="Cel")
OXYGEN = Test("2708-6", "Oxygen saturation in Arterial blood", "SpO2", "%")
WEIGHT = Test("29463-7", "Body weight", "Weight", "kg")
WEIGHT_POUNDS = Test("29463-7", "Body weight", "Weight", "lb", ucum="[lb_av]")
HEIGHT = Test("8302-2", "Body height", "Height", "cm")
HEIGHT_INCHES = Test("8302-2", "Body height", "Height", "in", ucum="[in_i]")
BMI = Test("39156-5", "Body mass index (BMI) [Ratio]", "BMI", "kg/m2")
HEAD = Test("9843-4", "Head Occipital-frontal circumference", "Head circumference", "cm")

FLU = concept(
    "Influenza, injectable, preservative free",
    cvx("140", "Influenza, split virus, trivalent, PF"),
)
COVID_VACCINE = concept(
    "COVID-19, mRNA, 30 mcg/0.3 mL",
    cvx("208", "COVID-19, mRNA, LNP-S, PF, 30 mcg/0.3 mL dose"),
)
TDAP = concept("Tdap", cvx("115", "Tdap"))
SHINGLES = concept("Zoster, recombinant", cvx("187", "zoster recombinant"))
PNEUMO20 = concept("Pneumococcal conjugate PCV20", cvx("216", "Pneumococcal conjugate PCV20"))
HEPATITIS_B = concept("Hepatitis B, pediatric", cvx("08", "Hep B, adolescent or pediatric"))
DTAP = concept("DTaP", cvx("20", "DTaP"))
POLIO = concept("Polio, inactivated (IPV)", cvx("10", "IPV"))
MMR = concept("Measles, mumps and rubella", cvx("03", "MMR"))
VARICELLA = concept("Chickenpox (varicella)", cvx("21", "varicella"))
HIB = concept("Hib (PRP-T)", cvx("48", "Hib (PRP-T)"))
PNEUMO13 = concept("Pneumococcal conjugate PCV13", cvx("133", "Pneumococcal conjugate PCV 13"))
ROTAVIRUS = concept("Rotavirus, pentavalent", cvx("116", "rotavirus, pentavalent"))
HEPATITIS_A = concept("Hepatitis A, pediatric", cvx("83", "Hep A, ped/adol, 2 dose"))


def panel(code: str, name: str, called: str) -> Part:
    """The code of a DiagnosticReport over several tests."""
    return concept(called, {"system": "http://loinc.org", "code": code, "display": name})
