"""Verbs and their forms, for a grammar without a tagger. Pure.

In: a word. Out: its lemma and which forms it can be. Regular forms are derived; irregular ones are listed.
"""

from __future__ import annotations

from enum import Flag, auto

from calls.promises.english.listed import listed


class Form(Flag):
    """Forms that one spelling can be ("put" is base, past and participle)."""

    BASE = auto()
    S = auto()
    ING = auto()
    PAST = auto()
    PARTICIPLE = auto()


IRREGULAR = """
be was been|become became become|begin began begun|bend bent bent|bring brought brought|build built built|
burn burnt burnt|buy bought bought|catch caught caught|choose chose chosen|come came come|cost cost cost|
cut cut cut|deal dealt dealt|do did done|draw drew drawn|drive drove driven|eat ate eaten|
fall fell fallen|feel felt felt|fight fought fought|find found found|fit fitted fitted|fly flew flown|
forget forgot forgotten|freeze froze frozen|get got got|give gave given|go went gone|grow grew grown|
hang hung hung|have had had|hear heard heard|hide hid hidden|hit hit hit|hold held held|keep kept kept|
know knew known|lay laid laid|lead led led|learn learnt learnt|leave left left|lend lent lent|let let let|
lie lay lain|lose lost lost|make made made|mean meant meant|meet met met|pay paid paid|put put put|
quit quit quit|read read read|ring rang rung|rise rose risen|run ran run|say said said|see saw seen|
sell sold sold|send sent sent|set set set|shut shut shut|sit sat sat|sleep slept slept|speak spoke spoken|
spend spent spent|split split split|stand stood stood|stick stuck stuck|swap swapped swapped|
swear swore sworn|swing swung swung|take took taken|tell told told|think thought thought|
throw threw thrown|understand understood understood|undo undid undone|wake woke woken|wear wore worn|
win won won|write wrote written|withdraw withdrew withdrawn|redo redid redone|resend resent resent|
repay repaid repaid|rebuild rebuilt rebuilt|bear bore borne|foot footed footed|
overnight overnighted overnighted|outdo outdid outdone|forgo forwent forgone|
"""
REGULAR = listed(
    "absorb accept access accommodate acknowledge act activate add adjust advance "
    "advise afford agree aim",
    "allow amend announce answer apologise apologize apply appoint appreciate approve "
    "argue arrange",
    "arrive ask assess assign assist assume assure attach attend authorise authorize "
    "avoid backdate bag",
    "balance bank beat believe bill bin block book borrow bother box brief bump call "
    "cancel capture care",
    "carry cash cc change charge chase chat check claim clean clear click close cap collect come",
    "compensate complain complete confirm connect consider contact continue contribute "
    "convert convince",
    "copy correct couriere courier cover credit cross cure dash deactivate debit "
    "decide deduct defer",
    "deliver demand deposit design diagnose dial die dig direct discard disconnect "
    "discount discuss",
    "dispatch disregard divert dock document double download draft drain dress drop "
    "dry email empty",
    "enable enclose end engrave enjoy enrol enroll ensure enter erase escalate "
    "exchange expect expedite",
    "expire explain express extend fail fasten fax file fill finalise finalize finance "
    "finish fire fish",
    "fix flag flip follow forgive forward frame fulfil fulfill fund furnish gift glue grant grease",
    "guarantee guard guess guide hand handle happen hear help hire hope honour honor "
    "house hurry ignore",
    "improve include inform initiate inspect install insist insulate insure intend "
    "introduce investigate",
    "invite invoice involve issue iron jot jump kick knock label land last launch "
    "lease lift like link",
    "liaise list listen live load lock log look love lower mail manage mark match "
    "matter measure mend",
    "mention message mind miss mix monitor move nail need negotiate note notice notify "
    "nudge offer open",
    "operate opt order organise organize owe own pack paint park part partner pass "
    "patch pause pencil",
    "pend perform phone pick place plan plant plaster play plug plumb point polish pop "
    "post postpone pour",
    "power prefer prepare press prevent price print prioritise prioritize process produce progress",
    "promise promote prove provide prune pull pump push quote raise rate reach "
    "reactivate realise realize",
    "rearrange rebate rebook recall receive recharge reckon recommend reconnect record "
    "recover recycle",
    "redeliver redirect reduce refer refill refit refresh refund refurbish refuse register regret",
    "reimburse reinstall reinstate reissue reject relay release remain remember remind "
    "remove rent renew",
    "repaint repair repeat replace replaster reply report reprint request require rerun reschedule",
    "research reseal reserve reset resolve respond rest restart restock restore result "
    "retain retile",
    "retrieve return reverse review revise reward rewire rewrite rinse roll round rush "
    "sand save scan",
    "schedule scrap screen seal search secure seem select separate serve service "
    "settle sew sharpen shave",
    "shift ship shop shorten shout show sign skip slash slot slow smooth sound source "
    "spare speed sponsor",
    "spray squeeze stain stamp start stay steam step stitch stock stop store strip "
    "submit subtract suffer",
    "suggest suit supply support suppose surprise suspend sweep switch swing tailor "
    "talk tell tend term",
    "terminate test text thank tidy tighten tile time toss top touch tow trace track "
    "trade train transfer",
    "translate treat trim trust try tune turn type underwrite uninstall unblock unlock "
    "unpack update",
    "upgrade uphold upload upset use vacuum validate value verify view visit void "
    "volunteer wait waive",
    "walk want warn warrant wash waste watch weigh weld whatsapp whizz wipe wire wish "
    "wonder work worry",
    "wrap yield zip recalibrate rectify reassign resume restring reupholster resole "
    "groom bathe clip",
    "deworm vaccinate trim mow prune spread pave top ping buzz bell fetch haul hoist "
    "escort greet shuttle",
    "cater bake ice decorate deep defrost debug deploy configure migrate provision "
    "reroute recheck chuck",
    "bung lob whack nip pop swing squeeze slot fob sling bob skim halve match price "
    "backfill reprogram",
    "re-do earmark allocate ringfence pledge vow commit undertake reckon compile "
    "collate tally proof",
    "proofread notarise notarize certify stamp",
)
NOT_VERBS = listed(
    "deep bell bin part end time price well back bank house ice deal fit rest result sound",
    "term bill please round cross fire express last top own",
)
"""Spellings that are verbs only after an auxiliary or "to": too often something else."""
IRREGULAR_S = {"be": "is", "have": "has", "do": "does", "go": "goes"}
DOUBLING = listed(
    "bag bin cap chat cut drop fit flag get hit jot knit let log mop nip pen plan plug pop",
    "put ring rub run ship shop sit skip slot squat stop strip swap tag trim top transfer",
    "refer refit reset set split cancel label quit begin win defer dip zip step clip bob nip",
    "lob rip snip",
) - {"ring"}


def _regular(verb: str) -> tuple[str, str, str]:
    """Give the -s, -ing and -ed forms of a verb."""
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies", verb + "ing", verb[:-1] + "ied"
    s = verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z")) else "s")
    if verb.endswith("ie"):
        return s, verb[:-2] + "ying", verb + "d"
    if verb.endswith("e") and verb not in {"be", "see", "agree", "guarantee"}:
        return s, verb[:-1] + "ing", verb + "d"
    if verb in DOUBLING:
        stem = verb + verb[-1]
        return s, stem + "ing", stem + "ed"
    return s, verb + "ing", verb + ("d" if verb.endswith("e") else "ed")


def _lexicon() -> dict[str, tuple[str, Form]]:
    forms: dict[str, tuple[str, Form]] = {}

    def put(word: str, lemma: str, form: Form) -> None:
        old = forms.get(word)
        forms[word] = (lemma, old[1] | form) if old and old[0] == lemma else (old or (lemma, form))

    for line in IRREGULAR.replace("\n", "").split("|"):
        if line:
            base, past, participle = line.split()
            s, ing, _ = _regular(base)
            put(base, base, Form.BASE)
            put(IRREGULAR_S.get(base, s), base, Form.S)
            put(ing, base, Form.ING)
            put(past, base, Form.PAST)
            put(participle, base, Form.PARTICIPLE)
    for base in sorted(REGULAR):
        s, ing, past = _regular(base)
        put(base, base, Form.BASE)
        put(s, base, Form.S)
        put(ing, base, Form.ING)
        put(past, base, Form.PAST | Form.PARTICIPLE)
    for word, lemma in {
        "am": "be",
        "are": "be",
        "is": "be",
        "were": "be",
        "burned": "burn",
        "learned": "learn",
    }.items():
        forms.setdefault(word, (lemma, Form.PAST))
    for british in ("cancel", "label", "travel"):
        forms.setdefault(f"{british}ed", (british, Form.PAST | Form.PARTICIPLE))
        forms.setdefault(f"{british}ing", (british, Form.ING))
    return forms


LEXICON = _lexicon()


def lemma(word: str) -> str:
    """The base form; a word that is no known verb: itself."""
    known = LEXICON.get(word)
    return known[0] if known else word


def can_be(word: str, form: Form) -> bool:
    """Whether a word can be this form of a known verb, or looks like it by its ending."""
    known = LEXICON.get(word)
    if known:
        return bool(known[1] & form)
    if form in Form.ING:
        return (
            len(word) > 5
            and word.endswith("ing")
            and word
            not in {
                "morning",
                "evening",
                "nothing",
                "anything",
                "something",
                "everything",
                "during",
            }
        )
    if form in Form.PAST | Form.PARTICIPLE:
        return len(word) > 4 and word.endswith("ed")
    return False
