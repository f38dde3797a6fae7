"""Diets and feeding that somebody ordered (NutritionOrder)."""

from records.fhir.elements import all_words, items, joined, member, status_code, words
from records.fhir.facts import dated, noted, qualified, said, told, within, worded
from records.fhir.heads import build
from records.fhir.medicines import often
from records.fhir.plans import requester
from records.fhir.quantities import quantity_words, ratio_words
from records.fhir.references import Known
from records.fhir.row import Fact, Head, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.texts import clean
from records.fhir.wording import INTENTS, STATUSES


def head(resource: Resource, known: Known) -> Head:
    """Named by the diet, else by what is given besides it."""
    return build(
        resource,
        title=joined([_diet(resource), _products(resource)]) or _formula(resource),
        when=resource.get("dateTime"),
        status=status_code(resource.get("status")),
        category=status_code(resource.get("intent")),
        about=member(resource.get("oralDiet"), "type"),
        more=(_formula(resource),),
    )


def _diet(resource: Resource) -> str:
    return all_words(member(resource.get("oralDiet"), "type"))


def _products(resource: Resource) -> str:
    return joined(words(member(one, "type")) for one in items(resource.get("supplement")))


def _formula(resource: Resource) -> str:
    return words(member(resource.get("enteralFormula"), "baseFormulaType"))


def facts(resource: Resource, known: Known) -> list[Fact | None]:
    """What to eat and what not, what is given besides, who ordered it and when."""
    return [
        qualified(resource),
        worded(_("Status"), resource.get("status"), STATUSES),
        *_oral(resource.get("oralDiet")),
        *(fact for one in items(resource.get("supplement")) for fact in _supplement(one)),
        *_enteral(resource.get("enteralFormula")),
        said(_("Food to choose"), all_words(resource.get("foodPreferenceModifier"))),
        said(_("Food to leave out"), all_words(resource.get("excludeFoodModifier"))),
        said(_("Allergies"), known.names(resource.get("allergyIntolerance"))),
        dated(_("Ordered"), resource.get("dateTime")),
        said(_("Ordered by"), known.name(requester(resource))),
        worded(_("Kind of order"), resource.get("intent"), INTENTS),
        said(_("Visit"), known.name(resource.get("encounter"))),
        *noted(resource, known),
    ]


def _oral(diet: object) -> list[Fact | None]:
    """What may be eaten and drunk, and in which form."""
    nutrients = [_pair(one, quantity_words(member(one, "amount"))) for one in items(member(diet, "nutrient"))]
    textures = [_pair(one, words(member(one, "foodType"))) for one in items(member(diet, "texture"))]
    return [
        said(_("Diet"), all_words(member(diet, "type"))),
        said(_("Nutrients"), joined(nutrients)),
        said(_("Texture"), joined(textures)),
        said(_("Thickness of drinks"), all_words(member(diet, "fluidConsistencyType"))),
        *_schedules(diet),
        told(_("Instructions"), member(diet, "instruction")),
    ]


def _pair(part: object, other: str) -> str:
    """ "Sodium: 2 g"."""
    return joined([words(member(part, "modifier")), other], ": ")


def _schedules(part: object) -> list[Fact | None]:
    return [often(one) for one in items(member(part, "schedule"))]


def _supplement(one: object) -> list[Fact | None]:
    name = joined([words(member(one, "type")), clean(member(one, "productName"))])
    return [
        said(_("Given besides"), joined([name, quantity_words(member(one, "quantity"))])),
        *within(name, *_schedules(one), told(_("Instructions"), member(one, "instruction"))),
    ]


def _enteral(formula: object) -> list[Fact | None]:
    """Feeding through a tube."""
    name = joined(
        [words(member(formula, "baseFormulaType")), clean(member(formula, "baseFormulaProductName"))]
    )
    found = [
        said(_("Tube feeding"), name),
        said(_("Way of feeding"), words(member(formula, "routeofAdministration"))),
        said(_("Strength"), quantity_words(member(formula, "caloricDensity"))),
        said(_("Added"), words(member(formula, "additiveType"))),
        said(_("At most"), quantity_words(member(formula, "maxVolumeToDeliver"))),
        told(_("Instructions"), member(formula, "administrationInstruction")),
    ]
    for one in items(member(formula, "administration")):
        speed = quantity_words(member(one, "rateQuantity")) or ratio_words(member(one, "rateRatio"))
        found += [
            said(_("Amount"), quantity_words(member(one, "quantity"))),
            said(_("Speed"), speed),
            often(member(one, "schedule")),
        ]
    return found if isinstance(formula, dict) else []
