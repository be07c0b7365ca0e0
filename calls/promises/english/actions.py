"""What an act is about: its kind, from its verb and the nouns around. Pure.

In: text of folded tokens of one act. Out: one of the fourteen kinds. The order of the rules is their priority: a guarantee
names a repair, a repair names a visit, a visit may bring a thing.

Long because it is one table, read from top to bottom: split, the priorities would be hidden.
"""

from __future__ import annotations

import re

from calls.promises.model import ActionKind as Kind

DOCUMENT = (
    r"(?:invoice|contract|quote|quotation|estimate|report|form|forms|certificate|copy|"
    r"copies|receipt|statement|letter|photo|photos|photographs?|pics|snaps|picture|"
    r"pictures|scan|scans|plan|plans|link|brochure|catalogue|catalog|paperwork|"
    r"document|documents|documentation|details|itinerary|tickets?|policy|label|labels|"
    r"drawing|drawings|results?|confirmation|reading|readings|spreadsheet|price list|"
    r"list|prescription|agreement|breakdown|proposal|summary|email|e ?mail|text "
    r"message|transcript|manual|instructions|menu|schedule|paper|papers|pdf|file|files|"
    r"images|footage|recording|notice|voucher code|login|password|passcode|pin|code|"
    r"reference|floor ?plan|blueprints?|samples? list|bill|valuation|survey|deeds?|"
    r"lease|mandate|passport|id|licence|license|permit|proof|proofs|timetable|rota|"
    r"booking form|order form|artwork|mock ?up|design|designs|layout|questionnaire|"
    r"syllabus|analysis|warranty card|sheet|data|screenshot|screenshots|video|address|"
    r"directions|specs?|specification|log|record|records|visa|pass|passes|guide|"
    r"leaflet|x ?rays?|sketch|sketches|references|payslips?|rsvp|cv|resume|diagram|map|"
    r"draft|write up|measurements|checklist|translation|apology|values|figures|bloods|"
    r"references?|statements|minutes of|affidavit|essay|thesis|dissertation|worksheet|"
    r"homework|slides|presentation|budget|slip|pack|information|info|tracking|title|"
    r"registration|logbook|memo|w2|tax return|returns?)"
)
DOC = rf"(?:\S+ ){{0,4}}?{DOCUMENT}"
MONEYS = (
    r"(?:money|deposit|fee|fees|payment|fare|amount|balance|difference|cash|"
    r"overpayment|instal\w+|premium|purchase|price|cost|funds|charge|#\S+(?: \w+)?|"
    r"every penny|sum|total|half|it all|rest)"
)
FEE = (
    r"(?:fee|fees|charge|charges|fine|fines|penalty|penalties|surcharge|excess|cost|"
    r"costs|interest|toll|call ?out|postage|delivery|shipping|installation|fitting|set "
    r"?up|setup|admin|cancellation|late)"
)
PRICE = (
    r"(?:price|prices|rate|rates|quote|fare|tariff|rent|premium|fees?|cost|costs|deal|"
    r"offer|figure|subscription|estimate|bill|payments?|sum|number|total|amount|"
    r"monthly)"
)
PERSON = (
    r"(?:someone|somebody|anyone|engineer|engineers|technician|technicians|plumber|"
    r"electrician|fitter|fitters|guy|guys|lad|lads|man|men|crew|team|surveyor|rep|"
    r"mechanic|locksmith|cleaner|cleaners|inspector|gardener|roofer|nurse|doctor|vet|"
    r"carpenter|tech|expert|specialist|boys|builder|adjuster|assessor|installer|"
    r"installers|surveyors|joiner|glazier|decorator|painter|tuner|sweep|tutor|carer|"
    r"midwife|physio|estimator|valuer|agent|arborist|tree surgeon|exterminator|"
    r"colleague|manager|foreman|operative|handyman|contractor|consultant|adviser|"
    r"advisor|tiler|plasterer|groomer|trainer|photographer|stylist|farrier|caterer|"
    r"upholsterer|welder|driver|one of our \w+)"
)
CALLS = r"(?:call|ring|phone|buzz|dial|bell|telephone|whatsapp|contact)"
CALLED = r"(?:calling|ringing|phoning|called|phoned|rung|contacting|contacted|rang)"
BREAKS = (
    r"(?:break|breaks|fails?|failed|leaks?|goes wrong|went wrong|packs up|plays up|"
    r"defects?|fault|faults|cracks?|splits?|peels?|fades?|dies|warps?|rusts?|comes "
    r"loose|falls apart|wear)"
)
REPAIRED = (
    r"(?:fix|fixes|fixed|fixing|repair|repairs|repaired|repairing|mend|mends|mended|"
    r"mending|unblock\w*|restor(?:e|ed|ing)|patch(?:ed|ing)?(?! you)|rectif\w+|"
    r"recalibrat\w+|debug\w*|re ?wire\w*|seal\w*|reseal\w*|reconnect\w*|redo|redone|"
    r"redoing|re ?fit\w*|refurbish\w*|re ?stitch\w*|resol(?:e|ed)|re ?glu\w+|solder\w*|"
    r"weld\w*|retil\w+|repaint\w*|re ?upholster\w*|restring\w*|troubleshoot\w*|"
    r"straighten\w*|overhaul\w*|touch(?:ed|ing)? up)"
)

RULES: tuple[tuple[Kind, str], ...] = (
    (
        Kind.TRANSFER,
        r" (?:put|putting|pass|passing|patch|patching|get) (?:you|me|us|her|him|them|"
        r"the call|this call) (?:straight |right |directly |over |back )*(?:through|"
        r"over|across|on to|onto|to (?:our|the|my|a|someone|accounts|billing|sales|"
        r"support|claims))\b(?! the (?:list|waiting|mailing))",
    ),
    (
        Kind.TRANSFER,
        r"(?<! bank)(?<! wire)(?<! money)(?<! balance) (?:transfer|transferring|"
        r"transferred|connect|connecting|redirect|redirecting|refer(?!e)|referring|"
        r"escalat\w+|reassign\w*)(?! (?:the )?(?:money|funds|#|balance|deposit|rest|"
        r"payment|cash|full|half|arrears|rent|instalments?|premium|him|her money|my|"
        r"sum|amount|that amount|internet|broadband|gas|power|supply))(?! (?:\S+ ){0,3}(?:#|"
        r"remaining|outstanding))(?! (?:\S+ ){1,4}(?:money|dollars|pounds|quid|euros|"
        r"bucks|balance|deposit|funds|rent))",
    ),
    (
        Kind.TRANSFER,
        r" (?:pass|passing|passed|hand|handing|handed|forward|forwarding|raise|raising|"
        r"kick\w*|bump\w*|push\w*) (?:this|it|that|your (?:case|complaint|call|file|"
        r"claim|query|request|details|ticket|concerns?|feedback|message|notes)|the "
        r"(?:case|matter|call|complaint|claim|query|file|ticket|issue|whole thing|"
        r"problem)|you) (?:\S+ )?(?:up |on |over |across |along |straight |directly )*(?:to|"
        r"with|upstairs|up the)\b(?! (?:you|me|us|your|my)\b)",
    ),
    (
        Kind.TRANSFER,
        r" (?:put|putting) (?:you|the call) (?:straight |right )?(?:through|on to|onto)"
        r"\b| get you (?:over|across|through) to | hand(?:ing)? you (?:over|off|across|"
        r"back)",
    ),
    (
        Kind.TRANSFER,
        r" (?:handed|passed|escalated|forwarded|referred|moved up|sent up|bumped) "
        r"(?:over |on |up |across |straight )*to (?!you )(?!your )",
    ),
    (Kind.CALLBACK, r" (?:pass|give|take) (?:\S+ ){1,3}(?:a )?(?:message|number) (?:\S+ )*to call"),
    (
        Kind.GUARANTEE,
        r" (?:warranty|guarantee|warrantied|warranted|lifetime cover)\b(?! (?:you|it|"
        r"that|we|i|he|she|they|him|delivery|a (?:call|refund|slot|place|seat|spot|"
        r"price|table)|your (?:place|seat|spot|slot|table|price|money|order|delivery|"
        r"booking)|the (?:price|rate|delivery|slot|place|date|part|parcel)|card|repair|"
        r"same|next|#|tomorrow|the (?:same|next))\b)|"
        r"(?<! rate is)(?<! price is)(?<! fare is)(?<! quote is)(?<! figure is)(?<! tariff "
        r"is)(?<! fee is) guaranteed (?:for|against) | "
        r"(?:stand|standing|stands) (?:behind|by) (?:our|the|that|this|every|all|it|"
        r"any)| (?:for|in|within|during) the @1 (?:year|#\d+ (?:months|years)|month|"
        r"#\d+ days|season|winter)\b| (?:is|are|be|you) (?:fully )?covered (?:for|"
        r"against|by|until|if)| guarantee\w*(?! (?:the|that|my|your|this|a|our) (?:\S+ "
        r")?(?:price|rate)) (?:\S+ ){1,12}?for (?:#\d+|a|one) (?:years?|months?)\b| "
        r"vouch for ",
    ),
    (
        Kind.GUARANTEE,
        rf" (?:for|within|in|over) (?:the )?(?:@1 |next )?(?:#\d+|a|one) (?:years?|"
        rf"months?) (?:any|anything|if|whatever)\b| (?:{BREAKS}|anything|it) "
        rf"(?:\S+ ){{0,4}}(?:in|"
        rf"within|during|inside|over) (?:the (?:@1|next|following)|a|one|#\d+|another) "
        rf"(?:#\d+ )?(?:year|years|months?)\b",
    ),
    (
        Kind.REFUND,
        r" (?:refund\w*|reimburs\w+|money back|compensat\w+|repay\w*|cash ?back|pay "
        r"(?:you )?back|paying you back|paid back|re ?credit\w*|rebate)\b",
    ),
    (
        Kind.REFUND,
        rf" (?:promised|offered|guaranteed|assured|give|giving|given|get|getting|hand|"
        rf"have|send|sending|return\w*|put|putting|credit\w*|pay|paying|transfer\w*|"
        rf"want|see|issue|coming|come|comes|be|going|go|goes|receive|return|drop|wire)"
        rf"(?: you| me| us)?(?: \S+){{0,5}}? (?:{MONEYS}) (?:\S+ ){{0,4}}?(?:back|"
        rf"returned|returning)\b",
    ),
    (
        Kind.REFUND,
        rf" (?:{MONEYS})(?: \S+){{0,7}}? (?:back (?:to|on|in|into|onto|with|by|~|"
        rf"within)|come back|coming back|returned|returning|be back|refunded|credited|"
        rf"go back|going back|sent back|paid back|given back)\b",
    ),
    (
        Kind.REFUND,
        rf" (?:return|returning|returned) (?:\S+ ){{0,3}}(?:{MONEYS})\b(?! (?:\S+ )*(?:form|"
        rf"receipt|link))(?= (?:to you|to your|back|in full|~|for the|on|straight|$))",
    ),
    (Kind.REFUND, r" (?:revers\w+|reverse) (?:\S+ ){0,3}(?:payment|transaction|debit)"),
    (
        Kind.REFUND,
        r" credit\w* (?:your|the|my|our|you|it|#|back|that|a)(?! card (?:number|"
        r"details))| (?:return|returning) your (?:deposit|money|payment|fee)| (?:money|"
        r"funds) (?:will|would|was|were|is|are|should)? ?(?:be |going |supposed |land|"
        r"hit|reach|arrive|show|go|to )+(?:to |be |back |in |into |on |onto |up |"
        r"with )*(?:your|"
        r"my|our|you|me)\b",
    ),
    (
        Kind.WAIVER,
        r" (?:waiv\w+|writ\w+ (?:it |that |off|the \w+(?: \w+)? off|those off|this off|"
        r"off)|written off|wipe\w* (?:out |off )?(?:the|that|your|it)|on the house|no "
        r"charge|free of charge for (?:you|the)|without charge|wav(?:e|ing) (?:the|"
        r"that|your) \w*(?: \w+)? ?(?:fee|charge|fine|penalty))\b",
    ),
    (
        Kind.WAIVER,
        rf" (?:drop|dropping|dropped|cancel|cancelling|canceling|cancelled|scrap\w*|"
        rf"remov\w+|forget|forgiv\w+|void\w*|revers\w+|lift\w*|tak\w+ off|knock\w* off|"
        rf"absorb\w*|cover\w*|strik\w+|swallow\w*|eat|eating|cross\w* out|overlook\w*|"
        rf"skip\w*|ditch\w*|delet\w*|lose|not charge|not be charging|let you off) "
        rf"(?:\S+ ){{0,5}}?(?:{FEE})\b(?! (?:back|slot|date|note|address|details))",
    ),
    (
        Kind.WAIVER,
        rf" (?:take care of|deal with|sort out|sort|get rid of|make (?:that|the|your)) "
        rf"(?:\S+ ){{0,3}}{FEE}\b",
    ),
    (
        Kind.WAIVER,
        rf" {FEE} (?:\S+ ){{0,8}}?(?:tak|remov|wip|knock|get|cancel|strik|drop)\w* "
        rf"(?:it|that|this|them)(?= )| {FEE} (?:\S+ )?(?:removed|waived|dropped|"
        rf"cancelled|canceled|taken off|written off|lifted|wiped)\b| no (?:\S+ ){{0,2}}(?:charge|"
        rf"fee|fees|charges|penalty)\b",
    ),
    (
        Kind.WAIVER,
        r" (?:take|taking|knock|knocking|strike|taken|took|cross|get|getting) (?:the|"
        r"that|your|those|this|all the) (?:\S+ ){0,3}(?:fee|fees|charge|charges|fine|"
        r"penalty|surcharge|interest)(?: of \S+ \w+)? (?:off|out|away|removed|dropped|"
        r"waived|cancelled|canceled|lifted)",
    ),
    (
        Kind.WAIVER,
        r" (?:let|letting|lets) (?:that|it|this|them) (?:go|slide)\b| (?:let|letting) "
        r"(?:you|me|us|him|her|them) off (?:with )?| (?:will|am|are|is|can|was|were|"
        r"would|do|does|have|has|to|going to|be)? ?(?:not|never|no longer) (?:be |"
        r"going to |have to |gonna )*(?:charg\w+|bill\w*|cost|costing|pay a|pay "
        r"anything|pay the|pay for|pay any|pay extra|invoice you|take (?:a penny|"
        r"anything(?! off)|any money)|ask you to pay|owe|add)(?! more than)| (?:is|are|"
        r"be|it) on us\b| nothing (?:extra )?to pay| (?:a|one) penny\b(?! back)| "
        r"(?:pay|charge you|charged|cost you|owe us) (?:absolutely )?nothing| (?:do|"
        r"doing|done|be|throw|make|made|have|get|gets|is|are|goes|does|includ\w+|"
        r"fitted) (?:\S+ ){0,5}?(?:for free|for nothing|free of charge|free|at no "
        r"(?:extra |additional )?(?:cost|charge)|without charging)\b(?! (?:on|at|from|"
        r"to|up|until|when|tomorrow|phone|number))| at our expense| foot the bill| "
        r"pick up the (?:tab|bill)| (?:get|getting|have|having) (?:the|that|your) "
        r"(?:\S+ ){0,3}(?:fee|charge|fine|penalty|fees|charges) (?:removed|taken|"
        r"waived|dropped|cancelled|canceled|written|reversed|lifted)",
    ),
    (
        Kind.DISCOUNT,
        r" (?:discount\w*|money off|knock\w*|percent off|half price|price match|"
        r"cheaper|months? free|free months?|weeks? free|haggle|voucher|coupon|loyalty|"
        r"shav\w+|concession)\b(?! (?:on your|on the) (?:door|window))| (?:#\S+(?: \w+)?|"
        r"bit|something|some|little|half|third|quarter|percent) off\b(?! (?:work|the "
        r"(?:road|list)|on))| (?:tak\w+|took|get|getting) (?:#\S+ |another |a )"
        r"(?:\S+ ){0,3}?off "
        r"(?:the|your|that|my|it|for|any|every|next|~|$)| (?:bring|come|drop|go|cut|"
        r"reduc\w*|lower\w*|slash\w*) (?:the |it |that |your |our )?(?:\S+ )?(?:price|"
        r"bill|cost|rate|premium|rent|quote|fee|total|payments?) ?(?:\S+ )?(?:down|by "
        r"#)\b| (?:come|coming|came|go|bring it|bring that) down (?:by |to |on |in )"
        r"(?:#|the price|price|~)| (?:reduc|lower|slash|halv)\w* (?:the|your|it|that|"
        r"my|our)| (?:do|give|giving|get|have|throw in|throwing in|throw|allow|offer|"
        r"sort you|stretch to|go to) (?:\S+ ){0,4}?#\d+ percent| better (?:price|deal|"
        r"rate)| (?:drop|bring|lower|cut|reduc\w*|get) (?:the|your|that|it) (?:rate|"
        r"price|fee|rent|premium|quote|bill|cost)? ?(?:down )?to #\S+| (?:tak\w+|took|"
        r"come|comes|coming|deducted|knocked|removed|go|comes) off (?:your|the|my|our|"
        r"next) (?:\S+ )?(?:bill|statement|account|total|invoice|price|balance)\b| "
        r"tak\w+ (?:anything|something|any more|much|a bit|a little) off\b| (?:do|move|"
        r"budge) (?:\S+ )?(?:on|with|about) (?:the |that |our )?(?:price|rate|fee)\b| "
        r"go (?:any )?(?:lower|below|under|cheaper)\b| at (?:a )?(?:cost|trade|trade "
        r"price)\b| for the price of | (?:sharpen|trim) (?:\S+ )?(?:price|pencil|quote|"
        r"bill)",
    ),
    (
        Kind.PRICE,
        rf" (?:hold|holding|holds|held|lock\w*|freez\w*|froze|frozen|fix|fixes|fixed|"
        rf"fixing|honou?r\w*|keep|keeping|keeps|kept|guarante\w+|match\w*|stick\w*|cap|"
        rf"capped|capping|secur\w+|protect\w*|stay\w*|stand\w*|maintain\w*|remain\w*|"
        rf"peg\w*|same) (?:\S+ ){{0,6}}?{PRICE}\b",
    ),
    (
        Kind.PRICE,
        rf" {PRICE}(?: \S+){{0,9}}? (?:hold|holds|held|lock|locked|frozen|freeze|fixed|"
        rf"honou?red|kept|keep|guaranteed|stay|stays|staying|stand|stands|remain|"
        rf"remains|capped|same|secured|protected|pegged|go up|going up|rise|increase|"
        rf"change|going to change|raised|yours|safe|set|good|valid)\b",
    ),
    (
        Kind.PRICE,
        rf" (?:not|never) (?:be |going to )*(?:put|putting|raise|raising|increase|"
        rf"increasing|hike|hiking|change|changing|touch)(?: up)? (?:\S+ ){{0,3}}{PRICE}|"
        rf" (?:is|are|it) (?:locked|fixed|frozen)(?: in)? (?:for you|at #|until|for)| "
        rf"(?:pay|charge you|costing you|cost you|charged|bill you) (?:\S+ ){{0,3}}?(?:more "
        rf"than|no more|only|just|exactly|the same|a flat) ?(?:#|than)?| (?:yours?|"
        rf"have it|let you have (?:it|that|them|(?:the|a|this)(?: \S+){{1,4}}?)|do "
        rf"(?:it|that|the \w+(?: \w+)?|them|you the \w+|the lot|you)|get it done|it "
        rf"will be|that will be|sell it|come to|all in|be|for you) (?:to you )?(?:for|"
        rf"at) (?:a flat |only |just |the old |the same )?#\d+(?:_\d+)? ?(?!oclock|am |"
        rf"pm |minutes|hours|days|weeks|months|years|percent|on |this )(?:\w+)| old "
        rf"(?:price|rate|tariff)| price (?:\S+ ){{0,2}}(?:include|included|includes|"
        rf"including|inclusive)\b| #\S+ (?:\S+ )?(?:a|an|per|each) (?:hour|month|year|"
        rf"week|night|day|quarter|head|visit|lesson|session)\b| (?:last year|original|"
        rf"quoted|advertised|today|summer|current|same) (?:'s )?(?:price|rate|fee)| "
        rf"the price (?:\S+ )?(?:#|we quoted|i quoted)| (?:all|what) you (?:will )?(?:pay|"
        rf"owe|be paying)\b| not (?:pay|be paying|be charged) (?:a \w+ |any )?more "
        rf"than| will not (?:go|cost) (?:\S+ )?(?:over|above|beyond|more)",
    ),
    (
        Kind.REPLACEMENT,
        r" (?:replac\w+|swap\w*|exchang\w+|substitut\w+|switch (?:it|that|them|the \w+)"
        r" (?:for|out|over for)|change (?:it|them|that|the \w+) (?:over )?for|new one|"
        r"new ones|(?:bring|send|get|give|post|ship|mail|issue|make|order)\w* (?:you |"
        r"out |up |over )*(?:a|an|another|the) (?:\S+ ){0,2}?(?:one|ones|replacement)|"
        r"(?:get|have|send|give|bring|receive|ship|issue|fit)\w* (?:you |me |us |out )*(?:a|"
        r"some) (?:brand )?new (?!(?:card|invoice|quote|contract|date|time|appointment|"
        r"form|link|bill|letter|copy|password|code|policy|price|offer|job|one|"
        r"certificate|estimate|statement|slot|engineer|driver|booking|document|email|"
        r"report|order|rate|deal|life|customer)\b)\w+|another one|another (?:pair|set|"
        r"copy|batch|bottle|bouquet|cake|unit)|brand new|different one|fresh one|fresh "
        r"batch|in its place|spare one|(?:a|another) new \w+ (?:instead|free)|another "
        r"(?:unit|set|pair|copy|batch|piece|bottle|bouquet|cake) (?:out|instead|on))\b",
    ),
    (
        Kind.VISIT,
        rf" {PERSON} (?:from \w+ )?to be (?:with you|there|round|out|at your)\b| "
        rf"(?:send|sending|sent|have|having|get|getting|dispatch\w*|arrange\w* for|"
        rf"arrange\w*|organis\w+|organiz\w+|book|booking|put|provide) (?:\S+ ){{0,6}}?{PERSON}(?: "
        rf"from \w+(?: \w+)?)?(?: to (?:be|come|visit|attend|look|inspect|pop|call "
        rf"(?:round|over|by|in)|measure|check|see|collect|pick|stop|swing|go|have a "
        rf"look|take a look|assess))?(?: back)? (?:out|over|round|around|to you|to "
        rf"your|there|down|up|by|with you|to the|at your|on site|onsite|in|to (?:be|"
        rf"come|visit|attend|look|inspect|pop|call (?:round|over|by|in)|measure|check|"
        rf"see|collect|pick|stop|swing|go|have|take|assess)|come|there|~|$)",
    ),
    (
        Kind.CALLBACK,
        r" (?:call|ring|phone|buzz) (?:me|you|us|him|her) (?:right |straight )?back (?:on|up) ",
    ),
    (
        Kind.REPAIR,
        rf" {REPAIRED}\b(?! (?:the |your |that |this |a |our |it at |it for )?(?:price|"
        rf"rate|a date|a time|an appointment|appointment|date|fee))",
    ),
    (
        Kind.REPAIR,
        r" make good | put (?:\S+ ){0,3}right\b| (?:get|getting|have|having|got) "
        r"(?:\S+ ){1,7}?(?:stitched|sewn|welded|glued|patched|unblocked|seen to|"
        r"working|running|going again|back on|back up|sorted|up and running|fixed|"
        r"repaired|mended|back online|serviced|purring|as good as new|like new|done up)"
        r"\b| (?:up and running|back (?:on(?! (?:to|the phone|your|my))|up(?! to)|"
        r"online)|working again|running again|good as new|flowing again|work again|"
        r"running (?:for you|smoothly|properly|by))\b| (?:be|is|start|stops?|stop) "
        r"(?:working|running|leaking|dripping)| (?:sort|sorting|sorted)(?: out)? "
        r"(?:\S+ )?(?:the|that|your|this|those|it|them) (?:\S+ )?(?:\S+ )?(?:leak|"
        r"boiler|fault|problem|damage|damp|heating|brakes?|engine|roof|screen|wiring|"
        r"drain|pump|puncture|lock|pipe|toilet|hinge|door|signal|bug|glitch|dent|"
        r"squeak|noise|issue|tap|router|lift|lights?|gearbox|clutch|machine|connection|"
        r"zip|heel|strap|shower|gutter|fence)|(?: clear| clearing) (?:the|that|your) "
        r"(?:\S+ )?(?:drain|blockage|pipe|gutter)\w*| (?:servic\w+|tun(?:e|ed|ing)|"
        r"sharpen\w*|re ?set|bleed|rebuil\w+|decoke|regrout|rehang|rehung|polish\w*|"
        r"rehang)(?: \w+)? (?:it|the|your|that|this|them|those)\b",
    ),
    (
        Kind.PAYMENT,
        r" sort\w* (?:out )?(?:the|my|that|our|your) (?:\S+ )?(?:payment|bill|invoice|"
        r"balance|deposit|rent|money)\b| (?:pay|paying|paid|settl\w+|repay|reimburse|"
        r"prepay)\b(?! (?:for it in|attention|you a visit|us a visit|a visit))| "
        r"(?:mak\w+|put\w*|send\w*|get|take|took|set up|wir\w+) (?:\S+ ){0,4}?(?:payment|"
        r"deposit|direct debit|standing order|instal\w+)\b| (?:transfer|transferring|"
        r"wir\w+|deposit\w*|bank|send\w*|drop\w*|bring\w*|put\w*|give|get|hand\w*|put|"
        r"cough up|fork out|stump up|venmo|paypal|zelle|post|mail|leave|remit\w*|"
        r"clear\w*|forward|have) (?:\S+ ){0,6}?(?:money|funds|#\S+ (?:dollars|pounds|"
        r"quid|bucks|euros|grand)|cash|cheque|check|balance|deposit|rest of the|the "
        r"rent|arrears|outstanding|(?:a|one) (?:hundred|thousand)|what i owe|(?:last|"
        r"remaining|other|first|outstanding|final) #\d+|the (?:remaining|remainder)|"
        r"the difference|the rest)\b| clear (?:the|my|our|your) (?:\S+ )?(?:bill|"
        r"account|balance|invoice|debt|arrears|tab)",
    ),
    (
        Kind.PAYMENT,
        r" (?:money|payment|funds|cheque|royalt\w+|commission|wages|salary|bonus|"
        r"payout|balance) (?:\S+ ){0,4}?(?:be|reach|land|hit|go|arrive|in|clear|leave)\b|"
        r" (?:be|get|getting) paid\b| (?:drop|send|transfer|wire|bring|get|put) "
        r"(?:over |you |across |it |the )*#\d+\b(?! (?:of|\w+s\b))",
    ),
    (
        Kind.DOCUMENT,
        rf" (?:send|sending|sends|sent|email\w*|mail\w*|fax\w*|post|posting|posted|"
        rf"forward\w*|upload\w*|issue|issuing|issued|draw up|drawing up|draft\w*|"
        rf"writ\w+|print\w*|scan\w*|provid\w+|shar\w+|text|texting|whatsapp|ping\w*|"
        rf"drop|dropping|pop\w*|get|getting|have|give|giving|submit\w*|prepar\w+|"
        rf"bring\w*|show|sign\w*|fill\w*|return\w*|reissu\w+|deliver\w*|put|receive|"
        rf"resend\w*|copy|hand\w*|let you have|let me have|let us have|complete|"
        rf"completing|run|produce|produc\w+|finish\w*|make|run off|message|cc|file|"
        rf"filing|see|type|typing|raise|raising|supply|fire|do|done|find|shoot|knock "
        rf"up|arrange|work up|turn around|turn round|dig out|attach) (?:\S+ ){{0,7}}?{DOCUMENT}\b",
    ),
    (
        Kind.DOCUMENT,
        rf" (?:the|your|our|that|a|an|new|my|full|every|signed|any|his|her) (?:\S+ ){{0,4}}?{DOCUMENT} "
        rf"(?:\S+ ){{0,4}}?(?:be|is|are|will|was|were|coming|going|goes|out|over|to|in|"
        rf"ready|would|should|by|~\S*|on its way|lands?)\b(?! \w* ?(?:delivered to "
        rf"your door|fixed|locked))",
    ),
    (
        Kind.DOCUMENT,
        r" forward(?:ing|ed)? (?:it|that|them|those|this) (?:on |over )?to (?:you|me|"
        r"us)\b| sign(?:ing|ed)? (?:anything|it|that|this)\b| (?:email|emailing|e mail|"
        r"emailed|fax|text|message|dm) (?:you|it|that|this|them|those|over|me|"
        r"everything|all)\b| (?:in|by|on|via|to your|to my|your|an) (?:email|inbox|e "
        r"mail|writing)\b",
    ),
    (
        Kind.CALLBACK,
        r" (?:call|calling|ring|ringing|phone|phoning|buzz|dial|telephone|contact|"
        r"contacting|reach|update|updating|notify|notifying|ping|chase|drop) (?:you|me|"
        r"us|them|him|her|your|my|everyone)\b(?! (?:out|in (?:to|for)|round|over|a "
        r"(?:taxi|cab|line with|message with the|note with|copy)))(?! (?:\S+ )?(?:off "
        r"(?:at|by|to)))",
    ),
    (
        Kind.CALLBACK,
        r"(?<! the)(?<! my)(?<! your)(?<! a)(?<! that) (?:call|ring|phone|calling|"
        r"ringing|phoning|called|rung|phoned|rang)(?: \w+)? (?:back|later|again|"
        r"tomorrow|on (?:mon|tue|wed|thu|fri|sat|sun)|~)|(?: (?:will|would|to|and) "
        r"(?:call|ring|phone) (?:first|before|ahead|beforehand|again|when|once|as|in "
        r"advance)\b| call ?back| callback| phone call| get back to | gets back to | "
        r"getting back to | got back to | come back to you| coming back to you| (?:get|"
        r"got|gets|getting|be|come|coming|comes|circle|circling|loop|report) "
        r"(?:straight |right |directly )?back to (?:you|me|us|him|her|my|your)\b| back "
        r"in touch| in touch\b| hear (?:back )?from (?:us|me|him|her|them|our|you|the|"
        r"one|a|someone)| touch base| reach out| follow up with you| follow up (?:by|"
        r"with a call)| speak (?:to|with) you (?:again|then|~|on|about)| (?:be|was|"
        r"were|get|being|is|are) (?:called|phoned|rung|contacted|telephoned|notified|"
        r"updated)| let (?:you|me|us) know| keep (?:you|me|us) (?:posted|updated|"
        r"informed|in the loop)| give (?:you|me|us|your \w+|my \w+|him|her|them) (?:a |"
        r"an? \w+ )?(?:call|ring|bell|buzz|shout|tinkle|update|an update|heads up|"
        r"answer|an answer)| (?:drop|send|text) (?:you|me|us) a (?:line|text|message)| "
        r"on the (?:phone|blower) (?:to|with) you| (?:a|the|that|your|my|no) (?:call|"
        r"bell|phone call) (?:back|from|by|within|~|tomorrow|on|at)|text you| (?:have|"
        r"get|give) (?:you )?(?:an? |some )?(?:answer|update|news|decision)| report "
        r"back)",
    ),
    (
        Kind.VISIT,
        r" (?:appointment|appointments|book(?:ed|ing)? (?:you|me|us|your|my|him|her|"
        r"them|that|it)(?: \w+){0,2} in|booked in|slot\w* you|slot you|squeez\w+|"
        r"pencil\w*|(?:fit|fitting|fitted) (?:you|me|him|her|them|your \w+) in|put\w* "
        r"(?:you|me) (?:down|in)|got you down|down for|see you (?:at|on|in|~|then|"
        r"tomorrow|first)|(?:be|turn|show|showed|turned) (?:there|up|round|over|at "
        r"your|at my|on site|onsite|out (?:to|there|at|with))|(?:come|comes|coming|"
        r"came|pop|popping|swing|swinging|stop|stopping|drop|dropping|call|calling|nip|"
        r"nipping|go|going|get|getting|head|heading|make it|travel|drive|driving|walk|"
        r"walking)(?: (?:back|right|straight|all|on|down|up|over|along|again|~\S*))? "
        r"(?:in(?!to account| for (?:nothing))|out|over|round|around|by|down|along|"
        r"across|up|past|there|here|to (?:your|the|my|our|you|see|look|inspect|collect|"
        r"pick|measure|fit|install|do|sort|view|that|town|this))\b|visit\w*|inspect\w*|"
        r"attend\w*|on site|onsite|house call|home visit|collect(?:s|ed|ing)?|pick "
        r"(?:it|them|the|that|up|her|him|you|my|your)|picking up|measure up|site "
        r"survey|view(?:ing)?|consultation|seen by|(?:will|to) see (?:you|your \w+|him|"
        r"her)(?= (?:at|on|in|~|tomorrow|next))|check ?up)\b",
    ),
    (
        Kind.DELIVERY,
        r" (?:deliver\w*|ship|ships|shipped|shipping|dispatch\w*|despatch\w*|"
        r"courier\w*|parcel|package|pallet|consignment|arriv\w+|redeliver\w*|"
        r"drop(?:ped|ping)? (?:it|them|that|those|the \w+(?: \w+)?) (?:off|round|over|"
        r"at|to)|drop off|(?:drop|bring|take|run|ship|return|courier|get|haul) "
        r"(?:\S+ ){1,5}?(?:back|"
        r"over|round|off|up|down|out|to (?:the|your|you|my))\b|bring (?:it|them|that|"
        r"those|the|your|you|over)|bringing|brought|on its way|on their way|at your "
        r"door|on your (?:doorstep|porch|drive)|on the (?:van|truck|lorry)|out for "
        r"delivery|(?:coming|come|comes) (?:out |over |straight |across )*to (?:you|"
        r"your)|(?:get|getting|have|having) (?:it|them|that|those|the \w+(?: \w+){0,3}|"
        r"your \w+(?: \w+){0,3}|#\d+ \w+(?: \w+)?) (?:out |over |across |up |down |"
        r"round |delivered|sent |shipped |there |here |couriered |on (?:the|its|a) |to "
        r"(?:you|your|the|them|us|me|him)|with you|into your)|(?:be|is|are|was|being|"
        r"arrive|here) (?:here )?with (?:you|me|us)|reach(?:es)? (?:you|me|us)|(?:to|"
        r"at|outside|on) (?:your|my|our) (?:door|doorstep|home|house|office|address|"
        r"place|site|gate|kitchen|shop|desk|flat|hotel)|to (?:you|me|us)(?= (?:~|by|on|"
        r"in|within|at|$))|(?:you|i|we) (?:will |would |should |to )(?:be )?(?:have|"
        r"get|getting|receive|receiving|see) (?:it|them|that|those|the|your|my|our)|"
        r"send\w* (?:you )?(?:it|them|out|those|the|your|another|an?|#|you|some|that|"
        r"over|up|round|by)\b|sent|in the post|(?:mail|post|send|ship|courier|bring|"
        r"drop)\w* you|leav\w+ (?:\S+ ){1,3}(?:for|to) you|(?:have|get) (?:\S+ ){1,4}(?:at|"
        r"to|on|in|into) your \w+|have (?:\S+ ){1,4}at the \w+|return(?:ing|ed)? "
        r"(?:the|your|it|them|that|my|his|our|those|#)|post (?:it|them|that|those|out)|"
        r"courier|overnight (?:it|them|the)|load\w*|leav\w+ (?:the|our) (?:depot|"
        r"warehouse)|hand deliver|here by|unload\w*|run it|fetch|in stock)\b",
    ),
    (Kind.DISCOUNT, r" #\d+(?:\.\d+)? percent\b"),
    (
        Kind.CALLBACK,
        r" (?:to|will|and|not|can|would|should|could|just|also|then|someone|somebody|i|"
        r"we|you|they|he|she|me|him|her|manager|team|doctor|vet|colleague|accounts|"
        r"please|\w{3,}er|\w{3,}ist) (?:call|ring|phone|contact|calls|rings|phones)"
        r"\b(?! out)",
    ),
    (
        Kind.VISIT,
        r" (?:be (?:there|here|with you|at your|round|over|out|in(?! (?:the|my|a|your|"
        r"touch|contact)))|meet(?! (?:you )?half)|meeting|here at|come|coming|came|"
        r"there at|there by|there on|here on|here by|be at the (?:garage|shop|office|"
        r"clinic|showroom|store|salon|branch|workshop|surgery|appointment|counter|"
        r"reception|depot|warehouse|yard|studio|venue|restaurant|hotel|site|stables|"
        r"practice)|reschedul\w*|survey\w*|install\w*|fit(?:ted|ting)?\b|measur\w+)\b",
    ),
)
PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in RULES)
PLACES = re.compile(
    r" be (?:at|with|over at|out at|in|on|there|here|round|outside) ?(?:your|you|there|the|site|~)?"
)


FREE = re.compile(
    r" (?:free of charge|no charge|for free|for nothing|at no (?:extra |additional )?(?:cost|"
    r"charge)|on the house|on us|at our (?:own )?(?:expense|cost))(?: to you)?(?= )(?! "
    r"for)"
)
"""That an act costs nothing; what is done is the act, if it is a replacement or a repair."""


def action_of(text: str) -> Kind:
    """The kind of the act that a text names; `other` if none fits."""
    kind = _first(text)
    if kind is Kind.WAIVER and FREE.search(text):
        done = _first(FREE.sub(" ", text))
        return done if done in {Kind.REPLACEMENT, Kind.REPAIR} else kind
    return kind


def _first(text: str) -> Kind:
    for kind, pattern in PATTERNS:
        if pattern.search(text):
            return kind
    return Kind.OTHER
