"""Medicines as products: what is in them, in which form and strength, by whom they are made."""

from records.fhir.elements import all_words, first_code, items, joined, member, status_code, words
from records.fhir.facts import coded, dated, noted, qualified, said, told, truth, within, worded
from records.fhir.heads import build
from records.fhir.quantities import dosage_words, money, quantity_words, ratio_words
from records.fhir.references import Known
from records.fhir.row import Fact, Head, Resource
from records.fhir.row import gettext_noop as _
from records.fhir.texts import clean
from records.fhir.wording import STATUSES


def head(resource: Resource, known: Known) -> Head:
    """Named by its code, else by what is in it."""
    concept = resource.get("code")
    return build(
        resource,
        title=words(concept) or joined(_name(one, known) for one in _ingredients(resource)),
        status=status_code(resource.get("status")),
        code=first_code(concept),
        value=_form(resource),
        about=concept,
        more=tuple(map(clean, items(resource.get("synonym")))),
    )


def _form(resource: Resource) -> str:
    product = resource.get("product")
    return words(resource.get("form") or resource.get("doseForm") or member(product, "form"))


def _ingredients(resource: Resource) -> list[object]:
    product = resource.get("product")
    return [*items(resource.get("ingredient")), *items(member(product, "ingredient"))]


def _name(ingredient: object, known: Known) -> str:
    found = member(ingredient, "itemCodeableConcept")
    pointed = member(ingredient, "itemReference") or member(ingredient, "item")
    return words(found) or known.name(pointed) or words(pointed)


def facts(resource: Resource, known: Known) -> list[Fact | None]:
    """What is in it and how much, its form, its pack, its maker, and what is known about it."""
    package, amount = resource.get("package"), resource.get("amount")
    return [
        qualified(resource),
        said(_("Medicine"), words(resource.get("code"))),
        *(said(_label(one), _ingredient(one, known)) for one in _ingredients(resource)),
        said(_("Form"), _form(resource)),
        said(_("Amount"), ratio_words(amount) or quantity_words(amount)),
        said(_("Also called"), joined(map(clean, items(resource.get("synonym"))))),
        worded(_("Status"), resource.get("status"), STATUSES),
        said(_("Kind of medicine"), all_words(resource.get("productType"))),
        said(_("Way of taking"), all_words(resource.get("intendedRoute"))),
        told(_("Preparation"), resource.get("preparationInstruction")),
        said(_("Made by"), known.name(resource.get("manufacturer"))),
        said(_("Pack"), words(member(package, "container"))),
        truth(_("Brand product"), resource.get("isBrand") or None),
        truth(_("Sold without a prescription"), resource.get("isOverTheCounter") or None),
        *_batches(resource),
        *_known_about(resource),
        *noted(resource, known),
        *coded(resource.get("code")),
    ]


def _label(ingredient: object) -> str:
    return _("Ingredient without an effect") if member(ingredient, "isActive") is False else _("Ingredient")


def _ingredient(one: object, known: Known) -> str:
    """ "Lisinopril, 10 mg / 1 tablet"."""
    strength = member(one, "strength") or member(one, "amount")
    return joined([_name(one, known), ratio_words(strength) or quantity_words(strength) or words(strength)])


def _batches(resource: Resource) -> list[Fact | None]:
    batches = [*items(resource.get("batch")), *items(member(resource.get("product"), "batch"))]
    batches += items(member(resource.get("package"), "batch"))
    found: list[Fact | None] = []
    for one in batches:
        found += [
            said(_("Lot number"), member(one, "lotNumber")),
            dated(_("Expires"), member(one, "expirationDate")),
        ]
    return found


def _known_about(resource: Resource) -> list[Fact | None]:
    """What a catalogue of medicines says of it: prices, usual doses, what is watched, how it looks."""
    found: list[Fact | None] = []
    for one in items(resource.get("cost")):
        price = joined([words(member(one, "type")), money(member(one, "cost"))], ": ")
        found.append(said(_("Price"), joined([price, clean(member(one, "source"))])))
    for guide in items(resource.get("administrationGuidelines")):
        for one in items(member(guide, "dosage")):
            usual = joined([words(member(one, "type")), dosage_words(member(one, "dosage"))], ": ")
            found += within(_("In general"), said(_("How to take it"), usual))
    for one in items(resource.get("monitoringProgram")):
        found.append(
            said(_("To be watched"), joined([words(member(one, "type")), clean(member(one, "name"))]))
        )
    return found
