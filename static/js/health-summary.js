// Draws a FHIR Bundle (R4, an International Patient Summary or any other) as a page to read: names, dates and what is
// said of them. Everything in it is a stranger's: it becomes text and nothing else.

const list = (value) => (Array.isArray(value) ? value : value == null ? [] : [value]).filter((one) => one != null);
const text = (value) => (typeof value === "string" ? value : typeof value === "number" ? String(value) : "");
const isObject = (value) => value && typeof value === "object" && !Array.isArray(value);
const object = (value) => (isObject(value) ? value : {});
const joined = (words, by = " · ") => [...new Set(words.map(text).filter(Boolean))].join(by);

function node(name, words = "", looks = "") {
  const made = document.createElement(name);
  if (words) made.textContent = words;
  if (looks) made.className = looks;
  return made;
}

/** What a concept is called: its text, else what a code system calls it. */
const concept = (value) => text(object(value).text) || text(object(list(object(value).coding).find((one) => text(object(one).display))).display);
const code = (value) => text(object(list(object(value).coding)[0]).code);

/** A FHIR date as precise as it was recorded. */
function when(value, language) {
  const found = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?/.exec(text(value));
  if (!found) return text(value);
  if (!found[2]) return found[1];
  const day = new Date(Date.UTC(+found[1], +found[2] - 1, +(found[3] ?? 1)));
  const looks = found[3] ? { dateStyle: "long" } : { month: "long", year: "numeric" };
  return new Intl.DateTimeFormat(language, { ...looks, timeZone: "UTC" }).format(day);
}

const DATES = ["effectiveDateTime", "effectiveInstant", "occurrenceDateTime", "performedDateTime", "onsetDateTime", "authoredOn",
  "dateAsserted", "recordedDate", "dateTime", "date", "issued", "created", "recorded", "timingDateTime", "whenHandedOver"];
const PERIODS = ["effectivePeriod", "performedPeriod", "onsetPeriod", "occurrencePeriod", "period", "timingPeriod"];
const NAMES = ["code", "medicationCodeableConcept", "vaccineCode", "type", "category"];

function dated(resource, language) {
  for (const name of DATES) if (resource[name]) return when(resource[name], language);
  for (const name of PERIODS) {
    const { start, end } = object(resource[name]);
    if (start || end) return joined([when(start, language), when(end, language)], " – ");
  }
  return "";
}

/** A measured value in words. */
function valued(resource, words) {
  const quantity = object(resource.valueQuantity);
  const flag = words.flags[code(list(resource.interpretation)[0])];
  const parts = [
    joined([quantity.comparator, quantity.value, quantity.unit ?? quantity.code], " "),
    concept(resource.valueCodeableConcept), resource.valueString, resource.valueInteger,
    { true: words.yes, false: words.no }[resource.valueBoolean],
  ];
  return [joined(parts), flag].filter(Boolean).join(", ");
}

function ranged(resource, words) {
  const { low, high, text: said } = object(list(resource.referenceRange)[0]);
  const span = joined([object(low).value, object(high).value], " – ");
  return said || span ? `${words.range} ${text(said) || span}` : "";
}

/** What is said of a record beside its name and its date, a line each. */
function lines(resource, words) {
  const status = code(resource.clinicalStatus) || text(resource.status);
  const doubts = words.statuses[code(resource.verificationStatus)];
  return [
    valued(resource, words),
    ...list(resource.component).map((one) => joined([concept(object(one).code), valued(object(one), words)], ": ")),
    ranged(resource, words),
    resource.criticality === "high" ? words.danger : "",
    ...list(resource.reaction).map((one) => joined(list(object(one).manifestation).map(concept), ", ")),
    ...list(resource.dosageInstruction ?? resource.dosage).map((one) => text(object(one).text)),
    code(resource.verificationStatus) === "refuted" ? doubts : joined([words.statuses[status], doubts]),
    text(resource.conclusion),
    ...list(resource.note).map((one) => text(object(one).text)),
  ].map(text).filter(Boolean);
}

/** The words of a narrative, a line for each of its lines: read as text, never as markup. */
function narrated(narrative) {
  const marks = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#x27;": "'", "&#39;": "'", "&nbsp;": " ", "&#160;": " ", "&amp;": "&" };
  return text(object(narrative).div).replace(/<\/(?:td|th)>/g, " · ").replace(/<\/(?:p|tr|li|div|h\d)>|<br\s*\/?>/g, "\n")
    .replace(/<[^>]*>/g, "").replace(/&(?:lt|gt|quot|nbsp|amp|#x27|#39|#160);/g, (mark) => marks[mark])
    .split("\n").map((line) => line.replace(/(?: · )+$/, "").trim()).filter(Boolean);
}

class Drawing {
  constructor(bundle, words) {
    this.words = words;
    this.language = document.documentElement.lang || "en";
    this.entries = list(object(bundle).entry).map(object);
    this.byName = new Map();
    for (const { fullUrl, resource } of this.entries) {
      const { resourceType, id } = object(resource);
      if (text(fullUrl)) this.byName.set(fullUrl, resource);
      if (id) this.byName.set(`${resourceType}/${id}`, resource);
    }
  }

  of(type) {
    return this.entries.map((one) => object(one.resource)).filter((one) => one.resourceType === type);
  }

  at(reference) {
    return object(this.byName.get(text(object(reference).reference)));
  }

  name(resource) {
    const medicine = this.at(resource.medicationReference);
    const direct = NAMES.map((name) => concept(list(resource[name])[0])).find(Boolean);
    const called = concept(medicine.code) || text(object(resource.medicationReference).display) || direct || concept(this.at(resource.device).type);
    const device = text(object(list(resource.deviceName)[0]).name);
    return called || device || text(resource.title) || text(resource.name) || text(resource.description) || this.words.unnamed;
  }

  person() {
    const patient = this.of("Patient")[0] ?? {};
    const name = object(list(patient.name)[0]);
    const called = text(name.text) || joined([...list(name.prefix), ...list(name.given), name.family], " ");
    const born = patient.birthDate ? this.words.born.replace("{date}", when(patient.birthDate, this.language)) : "";
    return joined([called || this.words.nobody, born]);
  }

  /** A record as a term with what is said of it; nothing for what was entered in error. */
  record(resource) {
    if (code(resource.verificationStatus) === "entered-in-error" || resource.status === "entered-in-error") return null;
    const box = node("div");
    box.append(node("dt", this.name(resource)), ...lines(resource, this.words).map((line) => node("dd", line)));
    const place = joined(list(object(resource.meta).tag).map((one) => (object(one).code ? "" : object(one).display)));
    const from = joined([dated(resource, this.language), place]);
    if (from) box.append(node("dd", from, "small quiet"));
    box.append(...this.unfolded(this.words.more, narrated(resource.text)));
    return box;
  }

  unfolded(title, told, isOpen = false) {
    if (!told.length) return [];
    const box = node("details", "", "small");
    box.open = isOpen;
    box.append(node("summary", title), ...told.map((line) => node("p", line)));
    const holder = node("dd");
    holder.append(box);
    return [holder];
  }

  records(resources) {
    const box = node("dl", "", "named card");
    box.append(...resources.map((one) => this.record(one)).filter(Boolean));
    return box;
  }

  section(told) {
    const section = object(told);
    const box = node("section", "", "stack");
    box.append(node("h2", text(section.title) || concept(section.code) || this.words.unnamed));
    const found = list(section.entry).map((one) => this.at(one)).filter((one) => one.resourceType);
    const drawn = this.records(found);
    const rows = (text(object(section.text).div).match(/<tr[\s>]/g) ?? []).length - 1;
    const said = narrated(section.text);
    if (drawn.childElementCount) box.append(drawn);
    if (!drawn.childElementCount || rows > drawn.childElementCount) box.append(...this.aloud(section, said));
    for (const one of list(section.section).filter(isObject)) box.append(this.section(one));
    return box;
  }

  /** A section whose records cannot all be drawn: its own words, or why there is nothing. */
  aloud(section, said) {
    const reason = object(section.emptyReason);
    const why = text(reason.text) || this.words.empties[code(reason)] || (said.length ? "" : this.words.nothing);
    const words = said.filter((line) => line !== why).map((line) => node("p", line));
    return [...(why ? [node("p", why, "notice warn")] : []), ...words];
  }

  document(composition) {
    const author = this.at(list(composition.author)[0]);
    const by = text(object(list(composition.author)[0]).display) || text(author.name) || text(object(list(author.deviceName)[0]).name);
    const made = this.words.made.replace("{date}", when(composition.date, this.language)).replace("{by}", by || this.words.nobody);
    const top = node("div", "", "top");
    top.append(node("h2", text(composition.title) || this.words.summary), node("p", this.person()), node("p", made, "quiet"));
    return [top, ...narrated(composition.text).slice(1).map((line) => node("p", line, "notice")), ...list(composition.section).filter(isObject).map((one) => this.section(one))];
  }

  /** Anything that is no document: by kind of record. */
  heap() {
    const kinds = new Map();
    for (const { resource } of this.entries) {
      const type = text(object(resource).resourceType);
      if (type && type !== "Patient") kinds.set(type, [...(kinds.get(type) ?? []), resource]);
    }
    const boxes = [...kinds].map(([type, some]) => {
      const box = node("section", "", "stack");
      box.append(node("h2", this.words.kinds[type] ?? type.replace(/(?!^)([A-Z])/g, " $1")), this.records(some));
      return box;
    });
    return [node("h2", this.person()), ...boxes];
  }
}

/** Append what a resource says; a Bundle, or a single resource as a bundle of one. */
export function draw(target, resource, words) {
  const told = object(resource);
  const drawing = new Drawing(told.resourceType === "Bundle" ? told : { entry: [{ resource: told }] }, words);
  const composition = drawing.of("Composition")[0];
  target.append(...(composition ? drawing.document(composition) : drawing.heap()));
}

draw.note = (target, words) => target.append(node("p", words, "notice warn"));
