"""The closed classes of English words that the grammar stands on. Pure."""

from __future__ import annotations

from calls.promises.english.listed import listed

MODALS = listed("will would shall should can could may might must")
BE = listed("am is are was were")
HAVE = listed("have has had")
DO = listed("do does did")
FINITE = MODALS | BE | HAVE | DO
PRONOUNS = listed("i we you he she it they that this there")
OBJECTS = listed("me us him them you it")
DETERMINERS = listed(
    "the a an my your our his her their its this that these those some any every each all",
    "both one someone somebody anyone everyone everything nothing no nobody another",
)
PREPOSITIONS = listed(
    "of for from on in at with to by about over under within into through until till around",
    "between near before after during without as per",
)
CONJUNCTIONS = listed("and but or so then plus")
SUBORDINATORS = listed(
    "if when once unless until till after before while because since although though whether",
    "whenever where provided providing as cos cause why how what who which case moment "
    "minute second",
    "than supposing assuming",
)
TIGHT_SUBORDINATORS = listed(
    "until till after before since as while than who which what how why where"
)
"""They are prepositions too, or questions: they govern a clause only if its subject follows at once."""
ADVERBS = listed(
    "just also now then still definitely certainly probably personally gladly happily even",
    "only really actually simply already always usually normally generally typically soon all",
    "both never ever likely hopefully surely absolutely immediately shortly today tomorrow",
    "obviously basically perhaps maybe gonna directly quickly once kindly honestly possibly",
    "presumably most very again too either almost nearly specially especially automatically",
    "myself ourselves first later unfortunately however currently genuinely",
)
TIMEY = (
    listed(
        "on at by in before after until till around about within over the next this coming monday",
        "tuesday wednesday thursday friday saturday sunday today tomorrow tonight morning",
        "afternoon evening night week month day days weeks months hour hours minutes year end of",
        "first thing later january february march april may june july august september october",
        "november december a an or so time lunch lunchtime noon close business working then from",
        "now oclock am pm half past quarter to couple few another latest fortnight weekend sure",
        "course",
    )
    | ADVERBS
)
FILLERS = listed(
    "okay ok yes yeah yep no nope right well so and but um uh er hmm oh ah sure great perfect",
    "fine lovely hello hi hey sorry thanks thank please look listen now alright absolutely",
    "certainly sir madam mate actually excuse me then also good morning afternoon evening",
    "brilliant cheers excellent wonderful understood course of just anyway mm mhm aye righto",
    "honestly basically",
)
QUESTION_WORDS = listed("what when where who why how which whose whom")
STAFF = listed(
    "locum engineer engineers driver drivers technician technicians manager managers colleague",
    "colleagues team office accounts dispatch courier couriers plumber electrician fitter",
    "fitters installer installers surveyor supervisor department warehouse crew van guy guys",
    "lads lad boys men man lady specialist consultant adviser advisor agent nurse doctor vet",
    "dentist arborist gardener cleaner cleaners chef chauffeur mechanic locksmith roofer",
    "builder builders decorator painter carpenter joiner tutor teacher instructor coach",
    "trainer therapist hygienist optician pharmacist solicitor lawyer broker underwriter",
    "adjuster assessor handler receptionist concierge porter housekeeping maintenance support",
    "billing sales finance workshop studio kitchen branch desk depot receptionists someone",
    "somebody expert electricians plumbers movers packers removal removals rep representative",
    "boss director owner partner secretary assistant photographer florist tailor seamstress",
    "jeweller jeweler groomer stylist barber tuner restorer surgeon everyone they foreman",
    "operative operatives glazier tiler plasterer landscaper exterminator inspector caterer",
    "escalations complaints logistics fulfilment fulfillment reservations bookings leasing",
    "members colleague's programmer developer developers helpdesk dispatcher rider valuer",
    "appraiser conservator keeper ranger midwife physio physiotherapist counsellor counselor",
    "chiropodist farrier upholsterer sweep machinist welder gaffer skipper captain guide host",
    "hostess usher clerk cashier teller paralegal conveyancer notary bookkeeper accountant",
    "auditor",
)
THIRD_PARTIES = listed(
    "bank banks council insurer insurers insurance manufacturer manufacturers maker makers",
    "police government court landlord supplier suppliers customs hmrc irs tax embassy",
    "hospital airline airlines parliament competitor competitors neighbour neighbours",
    "neighbor neighbors weather forecast law judge school university employer paypal ",
    "mastercard amazon ebay google microsoft apple fedex ups dhl hermes evri usps mail",
    "provider utility factory state county city county railway publisher importer wholesaler",
    "vendor gas water network prices price",
) - {"mail", "price", "water", "gas", "network"}
RELATIVES = listed(
    "husband wife sister brother son daughter mother father mum mom dad friend friends",
    "neighbour neighbor boyfriend girlfriend uncle aunt cousin boss landlord doctor mate",
    "parents kids nephew niece flatmate roommate grandson granddaughter nan gran grandmother",
    "grandfather colleague fiance fiancee partner hubby missus bank lawyer",
)
