"""What the headers of columns mean: words of Russian and English tables. Pure.

In: a header as it stands in the file. Out: a field, whose number or address it is, and what kind of number. The rules are
tried in their order: the first that fits wins, so a rule stands before those that it must win against.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Owner = Literal["", "person", "organisation"]

FIELDS = (
    "name", "last_name", "first_name", "middle_name", "organisation", "legal_name", "legal_form", "contact", "position",
    "phone", "email", "inn", "kpp", "ogrn", "requisites", "address", "city", "region", "legal_address", "home_address",
    "website", "messenger", "born_on", "sex", "passport", "kind", "responsible", "source", "tags", "mailing_consent",
    "recording_consent", "created_at", "notes", "deal_name", "deal_amount", "deal_stage",
)  # fmt: skip
"""Every field that a column can be, besides custom ones ("custom:KEY") and "" for what is left out."""
SEVERAL = frozenset(
    [
        "phone",
        "email",
        "contact",
        "notes",
        "address",
        "tags",
        "messenger",
        "website",
        "requisites",
        "region",
    ]
)
"""Fields that several columns may feed at once."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a header says."""

    field: str
    strength: int
    """2: the header is this word and no other; 1: the word is part of it."""
    owner: Owner = ""
    label: str = ""
    """Of a number: "моб.", "факс"; of a contact person: the position."""


_RULES: tuple[tuple[str, str], ...] = (
    ("", r"^(п п|no п п|no пп|no строки|n|no|id|ид|код|guid|uid|индекс строки|порядковый номер|номер п п|номер строки|row|"
         r"пп|внешний код|xml id)$"),
    ("", r"^(кем|изменен|создал)|^(id|код) |\bкто (создал|изменил)|автор|телефонный код|код города|часовой пояс"),
    ("", r"(телефон|тел|почта|email|e mail|id|отдел) (\w+ )?(менеджер|ответственн|сотрудник|куратор)"),
    ("website", r"адрес сайта|\bсайт|^web\b|\bwww\b|\burl\b|web ?site|homepage|^домен|страница (компании|facebook)"),
    ("email", r"e mail|емейл|емайл|имейл|имэйл|email|мейл|мэйл|эл(ектр\w*)? (почт|адрес|ящик)|электронк|почтовый ящик|"
              r"^почта|\bпочта$|адрес эл|^mail$|^мыло$"),
    ("phone", r"телефон|\bтел\b|\bтлф\b|\bтф\b|^т$|^моб\b|\bмоб(ильн\w*)?$|мобильн|\bсот(ов\w*)?\b|whats ?app|ватсап|"
              r"вацап|вотсап|viber|вайбер|факс|\bfax\b|phone|mobile|\bcell\b|\btel\b|контактн\w* номер|"
              r"номер (клиента|абонента|для связи)|"
              r"^контакты|контактн\w* (данн|информ)|^связь$"),
    ("inn", r"\bинн\b|\binn\b|tax ?id|\bvat\b|taxpayer"),
    ("kpp", r"\bкпп\b|\bkpp\b"),
    ("ogrn", r"\bогрн(ип)?\b|\bogrn(ip)?\b"),
    ("requisites", r"реквизит"),
    ("legal_address", r"\bюр\w*( \w+)? адрес|адрес( \w+)? юр|legal address|адрес по егрюл"),
    ("home_address", r"домашн\w* адрес|адрес (прожив|прописк|регистрац|места жит)|home address|прописка|место жительства"),
    ("address", r"адрес|address|^улица|^дом$|^квартира$|^кв$|местонахожд|почтовый индекс|^индекс$|zip|postal|street"),
    ("city", r"^город\b|\bгород$|населенн|\bcity\b|\btown\b|^г$"),
    ("region", r"^регион|^область|^край$|^район|^страна|\bregion\b|country|^обл$|федеральный округ"),
    ("born_on", r"рожд|birth|^д р$|^др$|\bдр (клиента|контакта)|^dob$"),
    ("deal_name", r"^сделка$|название сделки|наименование сделки|название лида|deal name|^deal$|^лид$|^предмет сделки"),
    ("deal_stage", r"стадия|этап|статус сделки|\bstage\b|воронк"),
    ("deal_amount", r"сумма|бюджет|\bamount\b|^стоимость|budget|^цена сделки"),
    ("created_at", r"дата (и время )?(созд|добавл|регистр|внес|завед|обращ)|^создан|^добавлен|created|date added"),
    ("", r"^дата|^время|\bdate\b|последн|modified|изменени"),
    ("kind", r"^тип( клиента| контрагента| лица| субъекта)?$|^вид (клиента|контрагента|лица)|юр\w* физ|физ\w* юр|"
             r"^статус лица|физ\w* (или )?юр|^kind$|(client|customer) type|^лицо$"),
    ("legal_form", r"^опф$|правов\w* форм|форма собственности|^форма$"),
    ("mailing_consent", r"рассылк|подпис(ка|ан)|newsletter|mailing|opt ?in|согласие на (смс|sms)|маркетинг|subscribed"),
    ("recording_consent", r"согласие на запись"),
    ("sex", r"^пол( клиента)?$|gender|^sex$"),
    ("passport", r"паспорт|passport"),
    ("messenger", r"telegram|телеграм|skype|скайп|^vk$|вконтакте|instagram|инстаграм|мессенджер|соцсет|^тг$|^tg$"),
    ("contact", r"контактн\w* (лиц|персон)|конт лиц|ответственн\w* лиц|представител|contact person|^лпр|"
                r"руководител|директор|бухгалтер|^снабженец|контактн\w* фио|фио контакт|имя контактн|"
                r"главврач|председатель|собеседник"),
    ("responsible", r"менеджер|ответствен|responsible|куратор|manager|\bowner\b|assigned|закреплен|^сотрудник|"
                    r"ведущий специалист|^продавец$"),
    ("position", r"должност|position|job ?title|^title$|^роль$"),
    ("name", r"фамилия (и )?имя|фамилия и о|^фио\b|\bфио\b|ф и о|^ф и$|fio|полное имя|full ?name|"
             r"имя (и )?фамилия|имя отчество"),
    ("last_name", r"фамили|last ?name|surname|family name"),
    ("middle_name", r"отчеств|middle ?name|patronymic"),
    ("first_name", r"^имя\b|\bимя$|first ?name|given name"),
    ("legal_name", r"(юр\w*|полн\w*|официальн\w*) (наимен|назван)|legal name|as registered|(наимен|назван)\w* (юр|полн)"),
    ("tags", r"^тег|^метк|\btags?\b|^категори|^сегмент|^группа|^labels?$"),
    ("source", r"источник|откуда|канал (прив|прод|реклам)|\bsource\b|^канал$|рекламн"),
    ("notes", r"^прим|^комм?\b|коммент|заметк|описан|\bnotes?\b|comment|remark|^доп(олнительн\w*)?\b|^инфо|прочее|пометк|"
              r"memo|особенност"),
    ("organisation", r"организац|^орг\b|компани|фирм|\bюр\w* лиц|юрлиц|предприят|контрагент|company|organi[sz]ation|"
                     r"место работы|account name|работодател|учрежден|бренд|^поставщик|^дилер|агентство"),
    ("name", r"^клиент|клиент$|покупател|заказчик|абонент|наименован|назван|партнер|^name$|customer|client|^гость|пациент|"
             r"ученик|собственник|владелец|получател|плательщик|^кто$|абонент|^контакт$|^контрагент|контакта$"),
)  # fmt: skip
_COMPILED = tuple((field, re.compile(pattern)) for field, pattern in _RULES)
_NUMBERED = re.compile(r"(?<=[^\W\d_])(?=\d)")
"""Between "тел" and "2" of "Тел2"."""
_NO_LETTER = re.compile(r"[^\w]+|_+")
_PHONE_OF_PERSON = re.compile(
    r"моб|сот|личн|контактн\w* лиц|лпр|директор|руковод|mobile|cell|whats|viber|ватсап|домашн"
)
_OF_ORGANISATION = re.compile(
    r"организ|компан|фирм|офис|городск|факс|приемн|секретар|общий|\bюр|company|office|предприят"
)
_LABELS = (
    (r"факс|fax", "факс"), (r"whats|ватсап|вацап|вотсап", "WhatsApp"), (r"viber|вайбер", "Viber"),
    (r"моб|сот|mobile|cell", "моб."), (r"раб|служеб|work|office|офис", "раб."), (r"дом|home", "дом."), (r"город", "гор."),
)  # fmt: skip
_POSITIONS = (
    (r"генеральн\w* директор|ген директор|гендиректор", "генеральный директор"),
    (r"коммерческ\w* директор", "коммерческий директор"),
    (r"директор", "директор"), (r"главн\w* бухгалтер|главбух", "главный бухгалтер"), (r"бухгалтер", "бухгалтер"),
    (r"руководител", "руководитель"), (r"главврач", "главврач"), (r"председатель", "председатель"),
    (r"снабженец", "снабженец"),
)  # fmt: skip
_FIRM_NAME = re.compile(r"наименован|назван|контрагент|партнер|поставщик")


def meaning_of(header: str) -> Meaning | None:
    """What a header says; None for words that are not known. `field` "" is a column known to be of no use."""
    folded = fold(header)
    if not folded:
        return None
    for field, pattern in _COMPILED:
        match = pattern.search(folded)
        if match:
            strength = 2 if len(match[0]) >= len(folded) - 3 else 1
            return Meaning(field, strength, _owner(field, folded), _label(field, folded))
    return None


def fold(header: str) -> str:
    """A header in the form in which it is compared: lower case, ё as е, words with single spaces."""
    text = _NUMBERED.sub(" ", header.casefold().replace("ё", "е").replace("№", " no "))
    return " ".join(_NO_LETTER.sub(" ", text).split())


def names_firms(header: str) -> bool:
    """Whether a name under this header is rather an organisation's ("Наименование", "Контрагент")."""
    return bool(_FIRM_NAME.search(fold(header)))


def _owner(field: str, folded: str) -> Owner:
    if field not in ("phone", "email"):
        return ""
    if _OF_ORGANISATION.search(folded):
        return "organisation"
    return (
        "person" if _PHONE_OF_PERSON.search(folded) or "личн" in folded or "частн" in folded else ""
    )


def _label(field: str, folded: str) -> str:
    if "факс" in folded and "тел" in folded:
        return ""
    table = {"phone": _LABELS, "contact": _POSITIONS}.get(field, ())
    return next((label for pattern, label in table if re.search(pattern, folded)), "")
