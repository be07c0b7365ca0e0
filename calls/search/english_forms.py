"""Irregular English forms, written by hand. Pure data.

In: nothing. Out: a line per word: its base, then its forms. A form with a star is a word of its own, too. Comparatives of
"good" and "bad" count as forms, as Russian «лучше» does.
"""

IRREGULAR = """
be am is are was were been being
have has had having
do does did done doing
go goes went gone going
arise arose arisen
awake awoke awoken
bear bore* borne born*
beat beaten
become became
begin began begun
bend bent*
bet betting
bind bound*
bite bit* bitten
bleed bled
blow blew blown
break broke* broken*
breed bred
bring brought
build built
burn burnt
burst bursting
buy bought
catch caught
choose chose chosen
cling clung
come came coming
cost costing
creep crept
cut cutting
deal dealt
dig dug
draw drew drawn
dream dreamt
drink drank drunk*
drive drove driven
dwell dwelt
eat ate eaten
fall fell* fallen
feed fed*
feel felt*
fight fought
find found*
flee fled
fling flung
fly flew flown
forbid forbade forbidden
foresee foresaw foreseen
forget forgot forgotten
forgive forgave forgiven
freeze froze frozen
get got gotten getting
give gave given*
grind ground*
grow grew grown
hang hung
hear heard
hide hid hidden
hit hitting
hold held
keep kept
kneel knelt
know knew known
lay laid laying
lead led
lean leant
leap leapt
learn learnt
leave left* leaves*
lend lent
let letting
lie lay* lain lying
light lit
lose lost losing
make made making
mean meant
meet met
mishear misheard
mislead misled
misread misreading
mistake mistook mistaken
misunderstand misunderstood
outbid outbidding
overcharge overcharged
overcome overcame
overdo overdid overdone
overdraw overdrew overdrawn
overhear overheard
oversee oversaw overseen
oversleep overslept
overtake overtook overtaken
overpay overpaid
pay paid
prepay prepaid
prove proven
put putting
quit quitting
read reading*
rebuild rebuilt
redo redid redone
repay repaid
rend rent*
resell resold
resend resent*
reset resetting
rewrite rewrote rewritten
ride rode ridden
ring rang rung*
rise rose* risen
run ran running
saw sawn
say said
see saw* seen
seek sought
sell sold
send sent
set setting
sew sewn
shake shook shaken
shed shedding
shine shone
shoot shot*
show shown
shrink shrank shrunk
shut shutting
sing sang sung
sink sank sunk
sit sat
sleep slept
slide slid
speak spoke* spoken
speed sped
spell spelt
spend spent
spill spilt
spin spun
split splitting
spoil spoilt
spread spreading
spring sprang sprung
stand stood
steal stole* stolen
stick stuck
sting stung
stink stank stunk
strike struck
string strung
strive strove striven
swear swore sworn
sweep swept
swell swollen
swim swam swum
swing swung
take took taken
teach taught
tear tore torn
tell told
think thought*
throw threw thrown
undergo undergoes underwent undergone
underpay underpaid
understand understood
undertake undertook undertaken
undo undoes undid undone
unwind unwound
uphold upheld
upset upsetting
wake woke woken
wear wore worn
weave wove woven
weep wept
win won
wind wound*
withdraw withdrew withdrawn
withhold withheld
withstand withstood
wring wrung
write wrote written
can could
will would
may might*
shall should
man men
woman women
child children
person people*
foot feet
tooth teeth
goose geese
mouse mice
ox oxen
penny pence
die dice* dying died
tie tying tied
lie lied
life lives*
wife wives
knife knives
half halves
shelf shelves
leaf leaves*
loaf loaves
thief thieves
self selves
calf calves
wolf wolves
bus buses busses
gas gases
plus pluses
bonus bonuses
virus viruses
status statuses
campus campuses
lens lenses
quiz quizzes
analysis analyses
basis bases*
crisis crises
thesis theses
diagnosis diagnoses
datum data*
criterion criteria
medium media*
index indices indexes
appendix appendices appendixes
potato potatoes
tomato tomatoes
hero heroes
echo echoes
cargo cargoes cargos
veto vetoes
good better* best*
bad worse worst
far further* farther farthest furthest
ski skis
shoe shoes
toe toes
use used using uses
cheque cheques
label labelled labelling labeled labeling
travel travelled travelling
total totalled totalling totaled
bill billed billing billings
format formatted formatting
refer referred referring
transfer transferred transferring
prefer preferred preferring
occur occurred occurring
programme programmes programmed
focus focused focusing focusses focussed
add added adding
err erred erring
egg eggs egged
owe owed owing owes
ad ads
"""

_UNCHANGED = """
morning evening during something nothing anything everything wedding ceiling king ring sing thing wing sling
spring string bring sterling herring inning outing darling sibling pudding hundred sacred naked wicked indeed
exceed proceed succeed need feed seed speed weed bleed breed bed red shed led news series species means always
perhaps besides towards its his hers ours yours theirs as gas yes this thus us was has does bus plus lens
chaos christmas thanks mathematics physics politics economics logistics headquarters customs goods clothes
glasses savings earnings atlas cosmos bias andes canvas alas whereas pass less ss address access please
"""
UNCHANGED = frozenset(_UNCHANGED.split())
"""Words whose end only looks like an ending."""

COMPARED = """
big bright broad busy calm cheap clean clear close cold cool crazy dark dear deep dirty dry dull early easy fair fast fat
fine firm flat fresh full funny great happy hard heavy high hot kind large late light long loud low lucky mean narrow near
neat new nice noisy odd old pale plain poor proud pure quick quiet rare rich rough safe sharp short sick simple slow small
smart smooth soft soon steep strange strict strong sunny sure sweet tall thick thin tight tiny tough ugly warm weak wet
wide wise young
"""
