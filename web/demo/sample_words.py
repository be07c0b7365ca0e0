"""Words of invented people, companies and goods, in Russian and English. Nobody and nothing real is meant.

In: nothing. Out: tuples to choose from.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What sample data of one language is made of."""

    women: tuple[str, ...]
    men: tuple[str, ...]
    fathers: tuple[tuple[str, str], ...]
    """Patronymics: of a woman, of a man; none in English."""
    surnames: tuple[str, ...]
    """Of men; Russian women get an "а"."""
    firms: tuple[str, ...]
    forms: tuple[str, ...]
    positions: tuple[str, ...]
    cities: tuple[str, ...]
    streets: tuple[str, ...]
    goods: tuple[tuple[str, str, int], ...]
    """Name, unit, price."""
    deals: tuple[str, ...]
    comments: tuple[str, ...]
    tasks: tuple[str, ...]
    tags: tuple[str, ...]
    labels: tuple[str, str]
    """Of numbers: mobile, office."""
    sources: tuple[str, ...]


RU = Words(
    women=("Мария", "Елена", "Ольга", "Наталья", "Ирина", "Светлана", "Дарья", "Полина", "Вера", "Алёна", "Юлия",
    "Нина"),
    men=("Алексей", "Дмитрий", "Сергей", "Андрей", "Павел", "Николай", "Роман", "Семён", "Артём", "Игорь", "Лев",
    "Тимур"),
    fathers=(
        ("Алексеевна", "Алексеевич"), ("Дмитриевна", "Дмитриевич"), ("Сергеевна", "Сергеевич"),
        ("Андреевна", "Андреевич"), ("Павловна", "Павлович"), ("Николаевна", "Николаевич"),
        ("Семёновна", "Семёнович"), ("Игоревна", "Игоревич"), ("Львовна", "Львович"),
    ),
    surnames=(
        "Рябинин", "Кленов", "Озеров", "Снегирёв", "Полянов", "Журавлёв", "Ракитин", "Ключников", "Яблонев",
        "Стрельцов",
        "Горохов", "Корабельников", "Ветлугин", "Лугов", "Дубравин", "Синицын", "Каштанов", "Ручьёв", "Тополев",
        "Щукин",
        "Заречный", "Мельников", "Берестов", "Грачёв", "Ольховский", "Перепёлкин", "Зорин", "Камышов", "Чижов",
        "Вербин",
    ),
    firms=(
        "Северный ветер", "Три сосны", "Мастерская на Речной", "Ясный день", "Кровля и Ко", "Колосок", "Рессора",
        "Ритм",
        "Дом книги", "Чистый дом", "Каменный мост", "Белая берёза", "Тёплый угол", "Стройдвор", "Окна Плюс",
        "Золотой ключ",
        "Вершина", "Лесная поляна", "Добрый мастер", "Парус", "Утёс", "Мельница", "Светлица", "Родник",
        "Горизонт-Сервис",
    ),
    forms=("ООО", "ООО", "ООО", "АО", "ИП"),
    positions=("директор", "бухгалтер", "менеджер по закупкам", "секретарь", "инженер", "снабженец", "главный инженер"),
    cities=("Ясногорск", "Речинск", "Каменск", "Лесной", "Заозёрск", "Приволье", "Северск-на-Оке", "Новый Бор"),
    streets=("Речная", "Садовая", "Лесная", "Заводская", "Школьная", "Озёрная", "Мельничная", "Вокзальная"),
    goods=(
        ("Металлочерепица", "м²", 740), ("Монтаж кровли", "м²", 950), ("Утеплитель", "упак.", 1890),
        ("Окно мансардное", "шт.", 28900), ("Водосточная система", "компл.", 17400), ("Доставка", "рейс", 4500),
        ("Замер", "выезд", 1500), ("Ремонт кровли", "м²", 1200), ("Снегозадержатель", "м", 690),
    ),
    deals=(
        "Кровля дома", "Утепление мансарды", "Замена водостока", "Ремонт крыши", "Мансардные окна", "Навес для машины",
        "Крыша бани", "Кровля склада", "Снегозадержатели", "Обслуживание на год",
    ),
    comments=(
        "Просит звонить после шести, днём на объекте.", "Сравнивает цены, важен срок.",
        "Отправил смету, ждёт решения жены.",
        "Договорились на замер в четверг.", "Нужен счёт с НДС и договор до конца недели.", "Прошлой работой доволен.",
        "Спрашивал скидку на объём; без руководителя не давать.", "Оплатит частями, первый платёж на месте.",
        "Переносит монтаж из-за погоды.", "Просил каталог на почту — отправлен.",
    ),
    tasks=(
        "Уточнить размеры", "Отправить смету", "Согласовать дату замера", "Выставить счёт",
        "Узнать, понравилась ли работа",
        "Предложить обслуживание на год", "Напомнить об оплате", "Передать договор",
    ),
    tags=("важно", "повторный", "опт", "рекомендация", "рассрочка", "дача", "скидка обещана", "сложный объект"),
    labels=("мобильный", "рабочий"),
    sources=("сайт", "рекомендация", "реклама", "выставка", "звонок"),
)  # fmt: skip

EN = Words(
    women=("Mary", "Helen", "Olivia", "Natalie", "Irene", "Claire", "Daria", "Pauline", "Vera", "Alice", "Julia",
    "Nina"),
    men=("Alec", "Dennis", "Simon", "Andrew", "Paul", "Nicholas", "Roman", "Samuel", "Arthur", "Ian", "Leo", "Timothy"),
    fathers=(),
    surnames=(
        "Rowanby", "Mapleson", "Lakeman", "Finchley", "Meadows", "Cranewell", "Willowby", "Keysmith", "Applegarth",
        "Fletchworth",
        "Peasgood", "Shipwright", "Weathersby", "Fieldman", "Oakhurst", "Titmarsh", "Chesnutt", "Brookshaw",
        "Poplar", "Pikeman",
    ),
    firms=(
        "North Wind", "Three Pines", "River Workshop", "Clear Day", "Roof & Co", "Wheatear Bakery", "Spring Garage",
        "Rhythm",
        "Book House", "Clean Home", "Stone Bridge", "White Birch", "Warm Corner", "Builder's Yard", "Windows Plus",
        "Golden Key",
    ),
    forms=("Ltd", "Ltd", "LLC", "plc"),
    positions=("director", "accountant", "buyer", "office manager", "engineer"),
    cities=("Clearhill", "Riverton", "Stonebury", "Woodend", "Lakeside", "Newborough"),
    streets=("River Street", "Garden Street", "Forest Road", "Factory Lane", "School Lane", "Lake Road"),
    goods=(
        ("Metal tiles", "m²", 740), ("Roof fitting", "m²", 950), ("Insulation", "pack", 1890),
        ("Roof window", "pc", 28900), ("Gutter set", "set", 17400), ("Delivery", "trip", 4500),
        ("Measuring", "visit", 1500), ("Roof repair", "m²", 1200), ("Snow guard", "m", 690),
    ),
    deals=(
        "House roof", "Attic insulation", "New gutters", "Roof repair", "Roof windows", "Car port", "Sauna roof",
        "Warehouse roof", "Snow guards", "A year of service",
    ),
    comments=(
        "Asks to be called after six.", "Compares prices; the date matters most.",
        "Sent the estimate, waits for an answer.",
        "Agreed on measuring on Thursday.", "Needs the bill by the end of the week.", "Was happy with the last job.",
        "Asked for a discount on the quantity; ask the head first.", "Pays in parts, the first on the spot.",
        "Fitting is put off because of the weather.", "Wanted the catalogue by e-mail: sent.",
    ),
    tasks=(
        "Ask for the sizes", "Send the estimate", "Agree on a day", "Send the bill", "Ask how the work went",
        "Offer a year of service", "Remind of the payment", "Hand over the contract",
    ),
    tags=("important", "again", "wholesale", "recommended", "in parts", "cottage", "discount promised", "hard site"),
    labels=("mobile", "office"),
    sources=("site", "recommendation", "advert", "fair", "call"),
)  # fmt: skip
