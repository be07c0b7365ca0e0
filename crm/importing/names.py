"""Names of people and organisations, and which of both a name is. Pure.

In: a cell's text. Out: the name as it is kept, and its kind. A sole proprietor ("ИП Иванов И.И.") is an organisation:
he has a taxpayer's number, contracts and contact persons as a company has.
"""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["person", "organisation"]

_FORMS = (
    r"ООО|ОАО|ЗАО|ПАО|НАО|АО|ИП|ПБОЮЛ|ЧП|ГУП|МУП|ФГУП|ФГАУ|ФГБУ|ФГКУ|ФБУ|ГБУ|ГАУ|ГКУ|МБУ|МАУ|МКУ|ГБОУ|МБОУ|МАОУ|МДОУ|МБДОУ|ФГБОУ|"
    r"ГБУЗ|МБУЗ|НКО|АНО|НОУ|ЧОУ|ТОО|ОДО|СПК|КФХ|СНТ|ДНТ|ТСЖ|ТСН|ЖСК|ЖК|ГСК|ЧОП|ЧОО|НПО|НПП|НПФ|НИИ|ПКФ|ТПК|ТД|ТК|ГК|УК|СК|ФОНД|КБ|АКБ|"
    r"МФО|МКК|ФЛП|ФОП|ТОВ|УП|ЧУП|ЧТУП|СООО|ИООО|LLC|LTD|INC|GMBH|PLC|CORP|LLP|OÜ|SIA|JSC|CO"
)
_FORM = re.compile(rf"(?<![\w])(?:{_FORMS})(?![\w])", re.IGNORECASE)
_SHORT_FORM = frozenset(
    ["ск", "тк", "ук", "гк", "жк", "кб", "уп", "co", "ао", "ип", "чп", "тд", "sia", "inc", "фонд"]
)
_LONG_FORM = re.compile(
    r"обществ\w* с ограниченн|акционерн\w* обществ|индивидуальн\w* предпринимател|унитарн\w* предприят|товариществ|"
    r"учрежден|некоммерческ|кооператив|крестьянск|потребительск|садоводческ|благотворительн|limited liability",
    re.IGNORECASE,
)
_FIRM_WORDS = re.compile(
    r"(?<!\w)(?:компани[яи]|фирма|завод|комбинат|фабрика|холдинг|корпорация|концерн|предприятие|банк|клиника|больница|"
    r"поликлиника|школа|гимназия|лицей|колледж|университет|институт|академия|детский сад|детсад|администрация|"
    r"министерство|департамент|управление|комитет|инспекция|торговый дом|магазин|салон|студия|агентство|бюро|центр|"
    r"автосервис|отель|гостиница|ресторан|кафе|аптека|склад|база|типография|издательство|редакция|группа компаний|"
    r"стройсервис|store|shop|group|company|studio|bank)(?!\w)",
    re.IGNORECASE,
)
_LATIN_AS_RUSSIAN = str.maketrans("OoAaPpCcEeKkMmHhTtBbXxYy3", "ООААРРССЕЕККММННТТВВХХУУЗ")
_QUOTED = re.compile(r"[«»„“”\"']\s*\S")
_PATRONYMIC = re.compile(
    r"(?:[оеё]вич|[оеё]вна|ьич|[ио]нична|ична|кич|лич|мич|оглы|кызы|улы|угли)$", re.IGNORECASE
)
_INITIALS = re.compile(
    r"[^\W\d_][^\W\d_'\-]+\s+[^\W\d_]\.\s*(?:[^\W\d_]\.?)?|(?:[^\W\d_]\.\s*){1,2}[^\W\d_][^\W\d_'\-]+"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_TITLE = re.compile(
    r"^(?:г-н|г-жа|госп\.|господин|госпожа|гр\.|mr\.?|mrs\.?|ms\.?)\s+", re.IGNORECASE
)
_SMALL = frozenset(["оглы", "кызы", "заде", "фон", "ван", "де", "бен", "улы", "угли"])
_END = re.compile(r"[\s,;:]+$|(?<=[^\W\d_]{3})\.$")
_OF_PERSON = re.compile(
    r"физ|человек|люди|частн|ф/?л\b|person|individual|contact|контакт", re.IGNORECASE
)
_OF_FIRM = re.compile(
    r"юр|орган|компан|предпри|ю/?л\b|\bип\b|ооо|фирм|compan|organi[sz]|legal|business",
    re.IGNORECASE,
)


def kind_of(name: str) -> Kind | None:
    """What a name says of its kind; None where it does not say (a single word)."""
    if is_firm(name):
        return "organisation"
    if is_full_name(name):
        return "person"
    words = _WORD.findall(name)
    plain = 2 <= len(words) <= 3 and all(word[0].isupper() for word in words)
    return "person" if plain and not re.search(r"[\d«»\"/&]", name) else None


def is_firm(name: str) -> bool:
    """Whether a name is an organisation's: a legal form, a word such as "завод", or a name in quotation marks."""
    if re.match(r"ип\s+\S", name, re.IGNORECASE):
        return True
    for text in (name, name.translate(_LATIN_AS_RUSSIAN)):
        for form in _FORM.findall(text):
            if form.casefold() not in _SHORT_FORM or form.isupper():
                return True
    if _LONG_FORM.search(name) or _FIRM_WORDS.search(name):
        return True
    return name[:1] in '«"„“' and bool(_QUOTED.match(name))


def is_entrepreneur(name: str) -> bool:
    """Whether this is a sole proprietor (ИП)."""
    folded = name.upper()
    return bool(re.match(r"(?:ИП|ПБОЮЛ|ЧП|ФЛП|ФОП)(?!\w)|ИНДИВИДУАЛЬН", folded)) or folded.endswith(
        (" ИП", ", ИП", "(ИП)")
    )


def is_full_name(name: str) -> bool:
    """Whether a name is surely a person's: with a patronymic, or with initials."""
    words = name.split()
    if not 2 <= len(words) <= 5 or is_firm(name):
        return False
    return any(_PATRONYMIC.search(word) for word in words[1:]) or bool(_INITIALS.fullmatch(name))


def kind_from(cell: str) -> Kind | None:
    """The kind that a column such as "Тип клиента" gives."""
    short = cell.strip(" .").casefold()
    if short in ("ю", "ф"):
        return "organisation" if short == "ю" else "person"
    if _OF_FIRM.search(cell):
        return "organisation"
    return "person" if _OF_PERSON.search(cell) else None


def person_name(text: str) -> str:
    """A person's name in single spaces; all capitals (or none) become ordinary ones."""
    name = _TITLE.sub("", " ".join(text.replace("\n", " ").split()))
    name = _END.sub("", name).strip(' "«»').strip()
    letters = [character for character in name if character.isalpha()]
    if " " in name and len(letters) > 5 and (name.isupper() or name.islower()):
        return _WORD.sub(_capital, name)
    return name


def firm_name(text: str) -> str:
    """An organisation's name in single spaces, without the doubled quotation marks of broken exports."""
    name = " ".join(text.replace("\n", " ").split())
    name = re.sub(r'""+', '"', name)
    name = re.sub(r"([«\"„“])\s+(?=\S)", r"\1", name) if name.count('"') < 2 else name
    name = re.sub(r"(?<=[»”\"])[.,;]+$", "", re.sub(r"\s+([»”])", r"\1", _END.sub("", name)))
    if name.startswith('"') and name.count('"') % 2:
        name = name[1:]
    inner = name[1:-1]
    if len(name) > 2 and name[0] == name[-1] == '"' and inner.count('"') in (0, 2):
        name = inner if inner.count('"') == 2 else name
    return name.strip()


def joined_name(last: str, first: str, middle: str) -> str:
    """A full name out of its three columns, in the Russian order."""
    parts = dict.fromkeys(part for part in (last.strip(), first.strip(), middle.strip()) if part)
    return person_name(" ".join(parts))


def _capital(word: re.Match[str]) -> str:
    text = word[0].lower()
    if text in _SMALL:
        return text
    return "-".join(part[:1].upper() + part[1:] for part in text.split("-"))
