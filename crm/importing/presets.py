"""Ready mappings for exports of other systems. Pure.

In: the folded headers of a table. Out: the preset that knows them, if one does: it names every column of use, and says of
the others that they are of none (a sum of all orders is no deal, "Ответственный за задачу" is nobody's manager).
Columns that a preset does not know are recognised as in any other table.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Preset:
    """A mapping: folded header → field."""

    name: str = ""
    """As people know the other system; "" for none."""
    signs: tuple[frozenset[str], ...] = ()
    """A table is an export of this system if it has all headers of one of these."""
    fields: Mapping[str, str] = field(default_factory=dict)


_NO_USE_BITRIX = (
    "id", "фото", "логотип", "экспорт", "доступен для всех", "кем создан", "кем создана", "дата изменения", "кем изменен",
    "кем изменена", "тип контакта", "тип компании", "сфера деятельности", "кол во сотрудников", "количество сотрудников",
    "годовой оборот", "валюта", "номер пейджера", "повторный лид", "внешний код", "utm source", "utm medium",
    "utm campaign", "utm content", "utm term", "коммуникации", "дата последнего обновления", "последнее обновление",
    "линия", "идентификатор внешнего источника", "отслеживание",
)  # fmt: skip
_BITRIX = Preset(
    name="Bitrix24",
    signs=(
        frozenset(["рабочий телефон", "мобильный телефон", "рабочий e mail", "частный e mail"]),
        frozenset(["рабочий телефон", "рабочий e mail", "доступен для всех"]),
        frozenset(["название компании", "тип компании", "сфера деятельности"]),
        frozenset(["название лида", "источник", "доступен для всех"]),
    ),
    fields={
        **dict.fromkeys(_NO_USE_BITRIX, ""),
        "обращение": "", "имя": "first_name", "фамилия": "last_name", "отчество": "middle_name",
        "дата рождения": "born_on", "рабочий телефон": "phone", "мобильный телефон": "phone", "номер факса": "phone",
        "домашний телефон": "phone", "телефон для sms рассылок": "phone", "другой телефон": "phone",
        "рабочий e mail": "email", "частный e mail": "email", "e mail для рассылок": "email", "другой e mail": "email",
        "корпоративный сайт": "website", "личная страница": "website", "другой сайт": "website",
        "компания": "organisation", "название компании": "organisation", "должность": "position", "адрес": "address",
        "юридический адрес": "legal_address", "банковские реквизиты": "requisites", "источник": "source",
        "дополнительно об источнике": "notes", "ответственный": "responsible", "комментарий": "notes",
        "дата создания": "created_at", "название лида": "deal_name", "сумма": "deal_amount", "стадия": "deal_stage",
        "статус": "deal_stage", "реквизит инн": "inn", "реквизит кпп": "kpp", "реквизит огрн": "ogrn",
        "реквизит полное наименование": "legal_name",
    },
)  # fmt: skip
_AMO = Preset(
    name="amoCRM",
    signs=(
        frozenset(["дата создания контакта", "ответственный"]),
        frozenset(["полное имя контакта", "рабочий телефон контакт"]),
        frozenset(["рабочий телефон контакт", "мобильный телефон контакт"]),
        frozenset(["наименование", "компания контакта", "рабочий телефон"]),
        frozenset(["название сделки", "основной контакт", "бюджет"]),
        frozenset(["название сделки", "основной контакт", "этап сделки"]),
        frozenset(["полное имя", "рабочий телефон", "рабочий email", "ближайшая задача"]),
    ),
    fields={
        "id": "", "тип": "", "ближайшая задача": "", "дата редактирования": "", "кем создан контакт": "",
        "кем создана": "",
        "кем отредактирован": "", "дата редактирования контакта": "", "кем создана сделка": "", "дата закрытия": "",
        "дата создания сделки": "", "кем редактирована": "", "пользовательское соглашение": "",
        "полное имя контакта": "name", "полное имя": "name", "основной контакт": "name", "наименование": "name",
        "имя": "first_name", "фамилия": "last_name", "компания": "organisation", "компания контакта": "organisation",
        "название компании": "organisation", "ответственный": "responsible", "ответственный за контакт": "",
        "дата создания контакта": "created_at", "дата создания": "created_at", "теги": "tags", "теги контакта": "tags",
        "теги сделки": "", "рабочий телефон": "phone", "рабочий телефон контакт": "phone",
        "рабочий прямой телефон": "phone",
        "рабочий прямой телефон контакт": "phone", "мобильный телефон": "phone", "мобильный телефон контакт": "phone",
        "факс": "phone", "факс контакт": "phone", "домашний телефон": "phone", "домашний телефон контакт": "phone",
        "другой телефон": "phone", "другой телефон контакт": "phone", "рабочий email": "email",
        "рабочий email контакт": "email", "личный email": "email", "личный email контакт": "email",
        "другой email": "email",
        "другой email контакт": "email", "должность": "position", "должность контакт": "position",
        "рабочий телефон компания": "phone", "email компания": "email", "рабочий email компания": "email",
        "web компания": "website", "web": "website", "адрес компания": "address", "адрес": "address",
        "примечание": "notes", "примечание 1": "notes", "примечание 2": "notes", "примечание 3": "notes",
        "примечание 4": "notes", "примечание 5": "notes", "название сделки": "deal_name", "бюджет": "deal_amount",
        "бюджет руб": "deal_amount", "этап сделки": "deal_stage", "воронка": "",
    },
)  # fmt: skip
NONE = Preset()
PRESETS = (_BITRIX, _AMO)


def find(headers: Collection[str]) -> Preset:
    """The preset whose signs these headers bear; `NONE` for any other table."""
    there = set(headers)
    for preset in PRESETS:
        if any(signs <= there for signs in preset.signs):
            return preset
    return NONE
