"""Stems of common English words: what is one of them was hardly misheard. Pure data, which makes it so long.

In: nothing. Out: stems as `calls.search.english` makes them, from four letters on.
"""

_STEMS = """
aaronwl abandon abbreviat abbreviation abcd abidh abiliti abnormal abnormalli abort about abov abrupt abruptli absenc
absent absolut absoluteli absorb abstract abstraction abus academic accel accelerat acceleration accelerator accent
accept acceptabl acceptanc access accessibiliti accessibl accesskey accessor accident accidental accidentalli
accommodat accomodat accompani accomplish acconfig accord accordanc accordingli account accross accumulat accumulation
accumulator accuraci accurat accurateli achiev acinclud acknowledg acknowledgement acknowledgment aclocal acosh acquir
acquisition acronym across action activ activat activatabl activation activeli activiti actor actual actualli adacor
adam adapt adaptation adapter adaptiv adconrad addend addition additional additionalli additiv addon addr address
addressabl addressof addrinfo addrlen adduser adequat adequateli adher adjacent adjust adjustment admin administer
administration administrativ administrator admission admit admonition adopt adoption adress adrian advanc advantag
advent adverseli advertis advertisement advic advis advisabl advisori affect affiliat affiliation affin affiniti
affirm afford aforemention after afternoon afterward again against agenci agent agetti aggregat aggregation aggressiv
aggressiveli agnostic agre agreement agulbra ahead airport ajax akin alan alarm albeit aldot aldyh aleksey alert alex
alexander alexl algo algorithm alia alias alic align alignment alik alink alioth aliv allbox alleg alloc alloca
allocat allocation allocator allocno allow allowabl allowlist alloydb almost alnum alon along alongsid alpha alphabet
alphabetic alphabetical alphabeticalli alphabetiz alphanum alphanumeric alreadi also alter alteration alternat
alternation alternativ alternativeli although altivec altlinux altogether alum alumni always amacleod amalgamation
amazon ambiguiti ambiguous amdgcn amend ametzler amodra amonakov among amongst amount ampersand amplifi amplification
amplitud analog analogi analogous analogousli analogu analys analysis analytic analyz analyzer ancestor ancestri
anchor ancient ancillari andr andrea andreast andrew andrey andris android angel angl angri anholt anibal animat
animation annotat annotation announc announcement annoy anomali anon anonymous another ansgar ansi answer antho anti
antialias anticipat anton anybodi anyhow anymor anyon anything anyway anywher apach apart apartment apicontent apidoc
apige apinski apis aplattner apologi apologiz apostroph apparent apparentli appdir appear appearanc appeas append
appendix apphub appl appli applianc applicabl application appointment appreciat approach appropriat appropriateli
approv approval approx approximat approximateli approximation april apropo arbitrari arbitrarili arch archaic
architectur architectural archiv archiver arcor area aren arena argc arglist argpars argtyp arguabli argument argv
argz aris arithmetic armel armhf armor armori arnau around arrang arrangement array arriv arrival arrow arrp artefact
arthur articl artifact artificial artificialli artistic asan ascend ascent ascii asia asid asin asinh aspect asprintf
assembl assembler assembli assert assertion assess assessment asset assign assignment assist assistanc associat
association associativ assort assum assumption assur assuranc asterisk asymmetric async asynchronous asynchronousli
asyncio atan atanh atanq atexit atim atoi atol atom atomic atomicalli atomiciti atredhat attach attachment attack
attacker attempt attention attenuat attestation attestor attr attrib attribut attribution audienc audio audit augment
august aunt aupp auth authenticat authentication authenticiti author authoritativ authoriti authoriz authorization
authorship auto autobuilder autocompletion autoconf autodetect autodetection autogen autogenerat autoheader autoheal
autohint autoload automagicalli automak automat automatic automaticalli automation automount autonomous autopkg
autopkgtest autopoint autoreconf autoscal autoscaler autostart autotool autumn auxiliari availabiliti availabl availbl
averag avoid avoidanc await awaitabl awar away awesom awful awkward axis azur babel back backend backfil background
backlog backoff backorder backport backquot backslash backspac backtick backtrac backtrack backup backward badg badli
bage bail balanc balancer balint balintreczey ball banana band bandwidth bank banner barcod bare bareli barf barfoo
barri barrier bart base baselin basement basenam bash bashism basic basicalli basis batch bath bathroom batter batteri
baud bbox bcollin bcrypt bear beat becaus becom bedroom beef beep befor beforehand begin behalf behav behavior
behavioral behaviour behind believ bell belong below bench benchmark beneath beneficial benefit benign benno benzedrin
bergner bernd berni bero bert besides best beta better betterment between bewar beyond beyondcorp bgcolor biarch bias
bidirectional biebl bigendian bigint bignum bigon bigpond bigqueri bigtabl bill billion binari binauthz bind bindir
binfmt binutil bionic bisect bison bitbucket bitcas bitcod bite bitfield bitmap bitmask bitrat bitsiz bitstream bitter
bitwis bkoz black blacklist blah blame blank blend bless blhc blind blindli blink blkid bloat blob block blockchain
blockdev blockquot blocksiz blog blow blowfish bluca blue blur blurb blurri board bodi bogositi bogus boiler
boilerplat bold bomb bonus bonzini book bookkeep bookmark bookworm bool boolean boost boot bootstrap bootup border
borrow boss botch both bother bottl bottleneck bottom bouanto bounc bound boundari brace bracket brad brake branch
brand breach bread break breakag breakfast breakpoint breezi breviti brian brick bridg brief briefli bright brightness
brilliant bring broad broadband broadcast broadcom brochur broke broken brokenness broker bromo brook brother brotli
brows browser bruno bryce bsearch bswap btree btrfs bubbl bubull bucket budget buffer buflen bufsiz bugfix buggi
buglet bugreport bugzilla build buildabl buildd builddir builder buildsystem builtin bulb bulk bullet bullsey bump
bunch bundl bunk burden burger buri burn burnus burst busi business bustag buster busybox butter button buyer
bwiedemann byacc byang bypass byte bytearray bytecod byteorder bytestr byteswap bzip cabl cach cachelin cafe caip
cairo calculat calculation calendar call callabl callback calle caller callgraph calloc callrpc cambridg camera canari
cancel cancelation cancellabl cancellation candidat cannot canonical canonicaliz canonicalization cantor canvas
capabiliti capabl capaciti capital capitaliz capitalization caption captur card cardinaliti care careful carefulli
careless caret carlo carlosg carmen carnil carpet carri carriag carrier carton cascad case cashier cast casual catalog
catalogu catch categori categoriz cater caus causal caution caveat cavium caviumnetwork cbrt ccach cdbs cdef cdrom
ceas ceil ceiling cell cellpad cellspac cement center central centraliz centricular centrum centuri cerr cert certain
certainli certifi certificat certification cesar cexp cfdisk cflag cfmakeraw cgen cgroup chain challeng chanc chang
changelog changeset channel chapter char character characteristic charg charger charl charlet charset chart charter
chase chdir chdr cheap check checkbox checker checkin checkout checkpoint checksum chees chenglulu chequ cherri chfn
chgrp chicken child china chip chmod choic choke choos chooser chop chown chris christian christoph chroma
chromaticiti chrome chromium chronological chroot chsh chunk churn cidr cipher ciphersuit ciphertext circl circuit
circular circumstanc circumvent cisco citation cite citi cjwatson claim clamp clang clangd clarifi clarification
clariti clash class classic classical classid classifi classification classifier classmethod classnam classpath claus
claziss clean cleanli cleanup clear clearfix clearli cleartext clement clever click clickabl client clinic clip
clipboard clipper clisp clnt clobber clock clog clone cloo close closeli closur cloud cloudbuild cloudlocationfinder
cloudrun cltang clue clumsi cluster clusterupgrad clutter clyti cmake cmap cmdline cmov cmsg cntrl coalesc coars coat
code codebas codec codenam codepag codepath codepoint coder codeset codesourceri codespel coeff coefficient coerc
coercion coexist cofactor coff coffe coincid colab cold colin collabora collaborativ collaborator collaps collat
collation colleagu collect collection collectiv collectiveli collector colleg collid collision colon color coloriz
colormap colornam colorspac colour colspan columbia column combin combination combiner combo comcast come comfortabl
comm comma command commandlin commenc comment commentari commercial commit commitment committer commmon common
commonli commonoption communicat communication communiti comp compact compand compani companion compar comparabl
comparision comparison compat compatabiliti compatibiliti compatibl compensat compensation compet competition compil
compilabl compilation compiler complain complaint complement complementari complet completeli completeness completer
completion complex complexiti compli complianc compliant complicat complication component compos composer composit
composition compound comprehension comprehensiv compress compression compressor compris compromis compsoc compulsori
comput computation computer comstyl concat concatenat concatenation concept conceptualli concern concis conclud
conclusion concret concurrenci concurrent concurrentli cond condens condition conditional conditionaliz conditionalli
conduct conf confer conffil confidenc confidential config configur configurabl configuration configuri confin confirm
confirmation conflict conform conformanc conformant conftest confus confusion conjunction conn connect connection
connectiviti connector consecutiv consensus consent consequenc consequential consequentli conserv conservativ consider
considerabl considerabli consideration consist consistenci consistent consistentli consol consolidat consonant
conspicuousli const constant constantli consteval constexpr constifi constinit constituent constitut constness
constrain constraint constru construct construction constructor consult consum consumer consumption contact contain
container contemplat content contention context contextual contiguous continu continuation continuous continuousli
contract contractor contradict contrari contrast contrib contribut contribution contributor contributori control
controllabl controller conv convenienc convenient convenientli convention conventional converg convergenc convers
conversation converseli conversion convert converter convey convinc convolution convolv cook cooki cool cooperat coord
coordinat coordination cope copi copious copper copyleft copyright copyrightabl core coredump corepack coreutil corner
coroutin corpus correct correction correctli correctness correlat correlation correspond correspondenc corridor
corrupt corruption cosh cosin cosmetic cost costli cottag cotton coudert count counter counterclaim counterpart counti
countri coupl coupon courier cours court courtesan courtesi cousin cover coverag coveriti cpan cpio cppcheck cpuid
cpus cpuset cpusetp cqll cqre craft crash crate cray crazi crcmod creat creation creativ creator cred credential
credit creep crippl cris criterion critical crlf cron crop cross crucial crude cruft crypt cryptic crypto cryptographi
cryptographic cryptographicalli cryptokey cscope ctag ctime ctor ctrl ctxt ctype cube cubic cuda culprit cultur
cumbersom cumulativ cure curl curli currenci current currentli curs cursor curv custom customari customarili customer
customiz customizabl customization customs cutoff cwryu cyan cycl cyclic cygnus cygwin daemon daili daimi dairi daisi
damag danc dancer danger dangerous dangl danglin daniel danielnylander dank dann dannysmith dark darkstar darwin dash
dashboard data databas dataclass datadir dataflow datagram datalen datapipelin dataplan dataplex dataproc datarootdir
datascan dataset datastor datastream datatyp date datetim datum daughter dave davem davemloft david daylight
dbaryshkov dbgsym dbus ddaney deactivat dead deadlin deadlock deal deallocat deallocation death debconf debhelper
debian debianiz debit debug debugf debuggabiliti debugger debuginfo debuginfod decad december decent decid decimal
decipher decision decl declar declaration declarativ declin decod decoder decommission decompos decomposition
decompress decompression decompressor deconfigur decorat decoration decorator decoupl decreas decrement decrypt
decryption dedicat deduc deduction deduplicat deduplication deem deep deepli default defaultarm defaultmap defeat
defect defectiv defend defens defensiv defer deficienci defin definit definiteli definition deflat defunct degenerat
degrad degradation degre deinitializ deinitialization deinterlac dejagnu delay delegat delegation delet deletion
deliberat deliberateli delim delimit delimiter deliver deliveri delta demand demangl demo demonstrat demonstration
demux demuxer deni denial dennis denois denominator denot dens densiti dentist depcomp depend dependanci dependenc
dependenci dependent depender depict deploy deployment depobj deposit deprecat deprecation depriv depth dequeu dequot
deref dereferenc deregister deriv derivation derivativ desc descend descendant descent describ descrip description
descriptiv descriptor deselect deserializ deserialization desert design designat designation designator designer desir
desirabl desktop despatch despit dessert dest destination destroy destruct destruction destructiv destructor detach
detail detect detection detector determin determination deterministic devel develop developer development devhelp
deviat deviation devic devis dfsg dgram dgst dhparam diablo diacritic diagnos diagnosis diagnostic diagonal diagram
dial dialect dialog dialogu diamond diari dickey dicom dict dictat dictionari diff differ differenc different
differential differentiat differentiation differentli difficult difficulti diffstat difftool diffusion digest digit
digital dilinger dimension dimensional diminish dinner direct direction directiv directli directori dirent dirfd
dirmngr dirnam dirti disabl disablement disadvantag disagre disallow disambiguat disambiguation disappear disappoint
disassembl disassembler disassembli disassociat disaster disc discard disciplin disclaim disclaimer disclos disclosur
disconnect disconnection discontinuiti discontinuous discount discourag discover discoverabl discoveri discrepanci
discret discriminant discriminat discriminator discuss discussion dishwasher disjoint disk dismiss dispatch dispatcher
displac displacement display dispos disposal disposition disregard disrupt disruption dissector dissemination dist
distanc distant distcheck distclean distinct distinction distinguish distort distortion distribut distributabl
distribution distributor distro distrust disturb distutil dither ditto diverg diversion divert divid divisibl division
divisor dladdr dlclose dlerror dlfcn dllexport dllimport dlopen dlsym dmalcolm dmesg dnovillo dnusinow docbook docdir
dock docker doclifter docstr doctest doctor doctyp document documentation docutil dodji doesn doko dollar domain
domainnam dominat dominiq donat dont door dottedmag doubl doubli doubt down downgrad download downsampl downsid
downstair downstream downtim downward doxygen dozen dpkg draft drag dragonfli drain dramatic dramaticalli drasticalli
draw drawabl drawback drepper dress drift drive driver driveway dronecod drop dryer dsaparam dscmp dsymutil dtor dtype
dual dubious dumb dummi dump dumper dumpfil duplex duplicat duplication duplocal durabl duration during duti dvyukov
dwarf dynamic dynamicalli each eachresult eager eagl earli earthlink easi easili ebotcazou ebourg ecdsa echo echristo
ecosystem ecparam edelsohn edimitro edit editabl edition editor editorial effect effectiv effectiveli effectiveness
efficienci efficient efficientli effort egallager eggert egrep egress eich eight eighth either eject elaborat
elaboration elaps elbrus elderli elect electrician electriciti electronic elem element elevat elevator eleven elid
elif elifdef elifndef eligibl eliminat elimination eliz ellips ellipsis elliptic elproc elsewher elsif elsiz emac
email embecosm embed embedder embodi embolden emerg emergenci emil emission emit emitter emoji emphasis emphasiz
employ employe employer empti emulat emulation emulator enabl enablement encapsulat encapsulation enclos encod encoder
encounter encourag encrypt encryption enctyp endian endianess endianness endif endless endors endorsement endpoint
endutent energi enforc enforceabl enforcement engin engineer english enhanc enhancement enjoy enlarg enough enqueu
enrol enrollment ensur ensurepip entail enter enterpris entir entireli entireti entiti entitl entitlement entranc
entri entropi entrypoint enum enumerabl enumerat enumeration enumerator envelop environ environment environmental envp
envvar epatent ephemeral epilogu epiphani epoch epol epsilon equal equaliti equalli equation equivalenc equivalent
equivalentli eras eric ericsson erozen errant errata erratum errmsg errno erroneous erroneousli error errp errstr esac
escalation escap especialli espi essential essentialli establish establishment estat estimat estimation estimator etag
ether ethernet euid euro europ eval evaluat evaluation even evening evenli event eventarc eventcopi eventual
eventualli ever everi everybodi everyon everything everywher evict evidenc evil evolution evolv exact exactli exam
examin examination exampl exce exceed excellent except exception exceptional excerpt excess excessiv excessiveli
exchang excit exclamation exclud exclusion exclusiv exclusiveli excus exec execl execut executabl execution executor
execv execvp exempt exemption exercis exhaust exhaustion exhaustiv exhibit exif exist existanc existenc existent exit
exotic expand expander expansion expat expect expectation expend expens expensiv experienc experiment experimental
expert expir expiration expiri explain explanation explanatori explicit expliciteli explicitli exploit exploitabl
explor exploration exponent exponential exponentialli exponentiation export expos exposur expq expr express expression
expressli extend extensibiliti extensibl extension extensiv extensiveli extent extern external externalli extra
extract extraction extractor extraneous extrem extremeli eyesopen fabian fabien face facilitat faciliti fact factor
factori factoriz fade fail failover failur fair fairli faith fake fakeroot falk fall fallback fallocat fallout
fallthrough fals falseli falsi famili familiar fanci fare farmer fashion fast fastmail fatal father fattach fault
faulti favor favorit favour fcarrijo fche fchown fclose fcntl fdatasync fdisk fdopendir fdumont fear feasibl featur
februari feclearexcept federation fedora fedoraproject feed feedback feel fegetround feholdexcept felix fell
fellowship fenc fenv feraiseexcept ferror fesetenv fesetround fetch fetestexcept feupdateenv fewer fexecv fffacd ffff
fflush ffmpeg fget fgznet fhir fibonacci fiddl field fieldnam fifo fifth fifthhorseman fifti figur file filehandl
filelist filenam fileno filepath filesiz filestor filesystem filetyp fileutil fill filler film filter final finaliz
finalization finalizer finalli find finder findutil fine fingerprint fini finish finit fire firebas firefox firestor
firewal firmwar first fish fitness fitter fitzsim five fixation fixinclud fixtur fixup flag flaki flakiness flameey
flash flat flatten flavor flavour flaw fleet fleetobservabiliti flex flexibiliti flexibl flicker flight flip float
flock flockfil flood floodfil floor floppi flow flush fname fnmatch focal focus fold folder folk follow followup follw
font fontconfig foobar fooishbar fool foot footer footprint fopen forbid forc forcefulli forcibli foreach forego
foreground foreign forever forget fork form formal formalli format formatter former formerli formula forth forthcom
fortran forum forward forwarder found foundri four fourth fprintf fput fraction fractional frag fragil fragment
fragmentation frame framebuffer framerat framework francois frank fread frederik free freebsd freed freedesktop
freedom freeli freelist freenet freetyp freez freezer french freq frequenci frequent frequentli fresh freshli
freshness friday fridg friend friendli frodo from frome front frontend froydnj frozenset fruit fsck fseek fseeko fsfe
fsij fstab fstat fstatat fstrim fsync ftbfs ftime ftruncat fuchsia fudg fulfil full fulli fullnam func function
functional functionaliti functionalli functool fund fundamental fundamentalli funni funtion furnish furnitur further
fuse futex futur fuzz fuzzer fuzzi fweimer fwrite fxcoudert gabriel gain gaius game gamma gang garag garbag garbl
garden gardener gari gate gateway gather gawk gcloud gcloudignor gcov gdbm gdbserver gdbus gdcproject gdoc gemini
gencodec gendsa general generaliz generalization generalli generat generation generator generic genericalli genomic
genpkey genrsa gentleman gentoo geoffk geometri georg gerald gergo german getaddrinfo getauxval getconf getcwd getegid
getentropi getenv geteuid getgid getgrent getgrnam getgroup gethostbyaddr gethostbynam gethostnam getlin getloadavg
getnameinfo getnetent getopt getpagesiz getpeernam getpid getppid getprioriti getpwent getpwnam getpwuid getrandom
getrlimit getrusag getservent getsocknam getsockopt gettabl getter gettext gettextiz getti gettid gettimeofday getuid
getutent gfortran ghazi ghostscript gigabyt gimpl gingold github gitignor gitk gitlab gitweb give given glass gles
glib glibc glitch glob global globalli glossari glove glue glyph gmail gmake gmplib gmtime gnat gnatfind gnathtml
gnatxref gniib gnome gnulib gnupg gnutl goal gobjc golang gold good goodwil googl googlemail goto gotplt govern
government gperf gprof grab grace graceful gracefulli gradient gradualli graft graham grain grammar grammatical grant
granulariti graph graphic graphical graphit graphql graphviz gratis gratuitous grave gravel gray grayscal great
greatli greedi green greenlet greet greg gregoa gregor gremlin grep grey grid grind groceri groff grok grosser ground
group grow growth grpc gsutil gtoc gualiti guarante guard guess guest guid guidanc guidelin guido guihaoc guil guillem
gunzip guojiufu gzip hack hacker hackeri haibl hainqu half halfway halt halv hammer hand handful handi handl handler
handoff handshak handwritten hang happen happi happili hard hardcod harden hardli hardlink hardwar hardwir hare harm
harmful harmless harmoniz harness hash hashabl hashtab hashtabl hasn hassl hatch have haxx hazard head header headp
headphon health healthcar healthi heap hear heartbeat heat heavi heavili height heir helgefjel hello helmut help
helper helpful henc henrich here hereafter herebi herein hereof hereunder herrb herrmann hesitat heterogeneous
heuristic hexadecimal hexdump hibernat hide hierarchi hierarchical high highli highlight highlighter highpass hijack
hint histogram histori historic historical historicalli hive hkps hmac hoist hold holder hole holger holiday home
homedir homepag homogeneous hongjiu hongtao hongyu honor honour hood hook hope hopefulli horizontal horizontalli
horribl hospital host hostel hostil hostnam hotel hotmail hotplug hotspot hour hous housekeep hover howarth however
hppa hpux href html htmldir http https hubert hubicka huge hugepag human humaniti hundr hundred hunk hunt hurd hurt
husband hush hwasan hwcap hwclock hybrid hyperbolic hyperlink hyperparameter hypervisor hyphen hyphenat hyphenation
hypot hypothesis hypothetical iain iant ibuclaw icmp icon iconv idea ideal idealli idempotenci idempotent ident
identical identicalli identifi identifiabl identification identifier identiti idiom ieeelongdoubl ifconfig ifdef
ifndef ifunc ignor ignorabl igor illegal illuminat illustrat illustration ilya imag imagemagick imagin imaginari imap
imgtec immediat immediateli immersiv immun immutabl impact impersonat impersonation impersonator impl implement
implementation implementor impli implication implicit implicitli import importabl importanc important importantli
importer importlib impos impossibl impractical imprecis impression improper improperli improv improvement inabiliti
inaccessibl inaccuraci inaccurat inactiv inactiviti inadequat inadvertent inadvertentli inappropriat inappropriateli
inbound inch incidental incidentalli incl includ includedir inclusion inclusiv incom incompatibiliti incompatibl
incomplet inconsistenci inconsistent inconsistentli inconvenient incorporat incorrect incorrectli incr increas
increment incremental incrementalli incur indeed indefinit indefiniteli indemnifi indemniti indent indentation
indention indep independenc independent independentli indeterminat index indicat indication indicator indirect
indirection indirectli indistinguishabl individual individualli indu induc ineffectiv inefficienci inefficient
inequaliti inet inevitabli inexact inexistent infer inferenc inferior infil infinit infiniteli infiniti inflat
influenc info infodir infodrom infopag inform informatik information informational informativ infra infradead
infrastructur infring infringement ingress inherent inherentli inherit inheritanc inhibit init initial initialis
initialisation initializ initialization initializer initialli initiat initiator initramf initrd initscript inject
injection inlin inner innermost inod inotifi inout inproc input inria insan insecur insensitiv insensitiveli insert
insertion insid insight insignificant insist insn inspect inspection inspector inspir insqu inst instabiliti instal
installabl installation installcheck installdir installer instanc instanceof instant instantiat instantiation
instantli instead institut institution instr instruct instruction instrument instrumentation insufficient
insufficientli insuranc intact integer integral integrat integration integriti intel intellectual intend intensiti
intensiv intent intention intentional intentionalli inter interact interaction interactiv interactiveli intercept
interception interceptor interchang interchangeabl interchangeabli interconnect interdependenci interest interfac
interfer interferenc interim interior interix interlac interleav intermediari intermediat intermingl intermittent
intermix internal internalli international internationaliz internationalization internet interop interoperabiliti
interoperabl interoperat interp interpolat interpolation interpret interpretation interpreter interprocedural
interprocess interrupt interruptibl interruption intersect intersection interspers interval interven intervention
interwork intializ intl into intonation intra intrinsic intro introduc introduction introductori introspect
introspection inttyp intuitiv invalid invalidat invalidation invariant invasiv invent inventori invers inversion
invert investigat investigation invisibl invit invitation invocation invoic invok invoker involv ioctl ioperm iopl
iostream iovec iptabl irix iron irregular irrelevant irrespectiv irrevocabl isalnum isalpha isascii isblank iscntrl
isdigit isgraph isinf islower isnan isolat isolation ispel ispra isprint ispunct issan isspac issu issuanc issuer
istream isupper iswalnum iswalpha iswblank iswcntrl iswdigit iswgraph iswlower iswprint iswpunct iswspac iswupper
iswxdigit isxdigit italic itcl item itemizedlist iter iterabl iterat iteration iterativ iterator itself ivan jacket
jakub jame jameswestbi jamey januari janus jason java javascript jbailey jbicha jcmvbkbc jcowgil jcristau jdassen jeff
jeffh jeffreyalaw jelmer jeremi jeremyhu jesserayadkin jessi jhcloo jitter jjohnstn jnorris jobserver joerg joey joeyh
john join joint jonathan jone jordi jose josefsson joseph josh joshtriplett joss journal journald jpeg json jtreg judg
juli julian julien jump june junk jurisdiction just justifi justification jvdelisl jwakeli kaleb kargl karl keep
keepaliv kegel keith keithp kerbero kern kernel kettenis kettl kevin kevinb keybind keyboard keychain keycod keyfil
keyfram keygen keyid keymap keypad keypress keyr keyserver keyset keystor keystrok keysym keytyp keyword kfreebsd kibi
kick kill killer kilobyt kind kiril kitchen kito kitterman kkojima klomp kludg kmsg knob know knowledg koenigni
konqueror kqueue kraai krebbel kris krister ktietz kubeconfig kubectl kubernet kukuk kurt kwarg kwzh kyrylo kzak label
lack ladder ladi lake lambda lamont lamp land landlord landmark landscap lane lang langhook langinfo languag laptop
larg largefil largeli last lastlog late latenci latent latin latter launch launchd launcher laurent lawn lawsuit
lawyer layer layout lazi lazili lchown lcov ldap ldconfig ldexp ldflag lead leader leaf leaflet leak leakag lean leap
learn leas least leather leav left leftmost leftover legaci legal legalli legend legitimat legitimateli lemburg lend
length lengthen lengthi lenient lennart lerdsuwa less lesser lesson letter level leverag lexer lexical lexicographic
lexicographicalli lgammaq lhyatt liabiliti liabl libasan libatomic libavformat libbacktrac libblkid libbsd libc
libcrypt libcrypto libcryptsetup libctf libcurl libdbus libdecnumber libdir libdl libelf liberal libero libertysurf
libexecdir libexslt libfdisk libffi libfoo libfunc libg libgcc libgccjit libgcj libgcrypt libgfortran libglvnd libgnat
libgo libgomp libhwasan libiberti libiconv libidn libintl libio libitm libjpeg libltdl liblzma libm libmount
libmudflap libnetpbm libobjc liboffloadmic libpath libphobo libpng libpq libpthread libquadmath librari libresolv
librsvg librt libsanitizer libselinux libsmartcol libssh libssl libssp libstdc libstdcxx libsupc libsystemd libtermcap
libtiff libtirpc libtool libtooliz libtsan libubsan libunistr libunwind libutil libuuid libuv libvtv libxcb libxml
libxslt libz licenc licens licensabl license licensor lieu life lifecycl lifescienc lifespan lifetim lift ligatur
light lightweight like likeli likelihood likewis limb limit limitation limiter lina linaro line linear linearli linefe
lineno linger linguistic link linkag linker linkw lint linter lintian linux lionel list listelm listen listener
listitem lite literal literallayout literalli litigation littl liuhongt live llvm load loadabl loader loan local
localeconv localhost localiti localiz localization localli localstatedir localtim locat location lock lockfil lockstep
lockup locutusofborg loewis logarithm logarithmic logfil logger logic logical logicalli login logind logo logout lone
long longjmp longlong longopt longstand look lookahead looker lookup lool loongarch loongson loop loopback loos
looseli loosen lorri lose losetup loss lossag lossi lossless loud louis love loveli lower lowercas lowpass lrint lsblk
lscpu lseek lsof lstat ltconfig ltmain luca luck lucon ludo ludovic luggag luma luminanc lunch luoxhu lustr lvalu lxml
lynx lysator lzip lzma mach machin machineri maco macqel macro macroblock madam madvis magenta magic magicalli
magnitud mail mailbox mailmap mailto main mainli mainlin maint maintain maintainabiliti maintainer maintainership
maintenanc maintscript maitainer major majoriti make makedepend makefil makeinfo makeshlib malform malfunction
malicious maliciousli mall malloc manag management manager manchmal mandat mandatori mandir mandriva mangl mani
manifest manipulat manipulation manner manpag manpath mantissa manu manual manualli manufacturer maor mapper marc
marcel march marco marcus marekm margin marginalli marino marital mark markdown marker market markup markus marshal
martial martin marvel mask masquerad mass massiv master match matcher material materializ math mathematical
mathematicalli mathematics matric matrix matt matter matthew matthia matthieu mattia mattress matur matz maven mawk
maxglyphmemori maxim maximal maximiz maximum maxsiz maxunreffont maxval mayb mbstowc mdoc mean meaningful meaningfulli
meaningless means meantim meanwhil measur measurement meat mebibyt mechanic mechanical mechanism medal meddl media
median medicin medium meet megabyt meissner memalign member membership memcach memchr memcmp memcpi memleak memmov
memoiz memori memorystor mempcpi memset memsiz mention mentor mentovai menu menus merchantabiliti mere mereli merg
mergetool merlin mesa mesh meson mess messag messi meta metacharacter metaclass metadata metal metastor meter meth
method metric meyer mforney michael michel micro microblaz microsecond microsoft microtask middl middlewar midnight
midpoint might migrat migration mike mikestump mileag milk million millisecond mime mimetyp mimic mind mine mingw
minilop minimal minimalli minimis minimiz minimum minix minor minus minut mipsel mipsen mirror misalign misbehav misc
miscellaneous miscompilation misconfigur misconfiguration miscount misfeatur misformat mishandl misinterpret mislead
mismatch misplac misrepresent miss misspel mistak mistakenli mister misunderstand misus mitigat mitigation mixin
mixtur mixup mjambor mkdir mkdtemp mkfifo mkfs mkinstalldir mknod mkstemp mkswap mktemp mktime mliska mlock mmap mmape
mnemonic mobil mock modal mode model modelin modem moderat modern moderniz modifi modifiabl modification modifier
modprob modul modular modulo modulus mold moment monday monitor monkey monkeypatch mono monochrom monolithic monospac
monotonic monotonicalli month moral more morgan moria morning morph mortgag moshier most mostli mostlyclean mother
motion motivation mount mountpoint mous move movement movi movl mozilla mpeg mpfr mpitt mppmu mprotect mqueue mremap
mroth mrsam msebor msec msgfmt msghdr msgid msvc msync mtab mtime mtrace much multi multiarch multibyt multicast
multichannel multidimensional multilib multilin multimedia multipart multipl multiplex multipli multiplication
multiplicativ multiplier multithread mung munmap music musical musl must mutabl mutat mutation mute mutex
mutexinoutset mutual mutualli muxer mycluster myfil myon mypi myproject mypyc myresponsepolici myself mysql mysterious
mysteriousli mytabl mytopic naiv name namedtupl nameli nameserver namespac nand nano nanosecond nanosleep nare narg
narrow nasti nathan national nativ nativeli natur natural naturalli navi navidrahimi navigat navigation nbsp nbyte
ncall ncan nconsol nconst ncontain ncurs ndarray near nearbi nearbyint nearli neat necessari necessarili necessitat
need needless needlessli negat negation negativ negativeli neglect negligenc negligibl negotiat negotiation neighbor
neighbour neil neither neko neon nerim nessi nest netapp netbsd netdb netdev netgroup netlink netmask netpbm netrc
netscap netsplit netstat nettl netwar network networkno neutral nevent never nevertheless newli newlib newlin newlocal
news newsgroup next nextmovesoftwar nextstep nexus nfile nfirst nfor nfrom nfunction ngettext nglyph nibbl nice niceli
nick nickc nicknam nico nicola nigel night nightli nimport ninemoon ninja ninstanc nmake nmav nmodul nnot nobject
nobodi nocheck noconfigdir nocrew node nodej nodiscard nodlopen nodoc noexcept noinlin nois noisi nokia nologin
nomenclatur nonblock nonc noncanonical noncurrent nondeterministic none nonempti nonetheless nonexclusiv nonexist
nonexistent nonfatal nonlock nonnegativ nonnul nonportabl nonreentrant nonsens nonsensical nonstandard nonstatic
nontrivial nonusabl nonzero noop noreturn norm normal normalesup normalis normaliz normalization normalli nostrip
notabl notabli notation note notebook nothing notic noticeabl notifi notification notion noudeb noun novel november
nowaday nowait nowrap nproperti nprovid nptl nread nreturn nroff nsec nseq nsswitch ntfs nthat nthe nthread ntime nuke
null nullabl nullptr numa number numeral numerator numeric numerical numericalli numerous numpi nurs nuse nvalu nvidia
nvptx nwill nwith nwnk oauth oauthlib obey obfuscation objcopi objdir objdump object objectiv objp objpp objsiz
obligat obligation obliqu obscur observ observabiliti observabl observation observer obsolescent obsolet obstack
obtain obvious obviousli occasion occasional occasionalli occupi occur occurenc occurrenc ocsp octal octet october
odditi offend offer offic official officialli offlin offload offset often okay oldish oldoldstabl oldstabl olink oliva
omega omission omit onboard ondrej onelin onevision ongo onli onlin onto onward opaciti opaqu opcod open openacc
openat openbsd opendir openssl openwal operand operat operation operational operator opinion opportuniti oppos opposit
optab optarg optimal optimis optimisation optimistic optimisticalli optimiz optimization optimizer optimum optind
option optional optionalli optstr oracl orang order ordinal ordinari ordinarili organiz organization orient
orientation orig origin original originalli originat orphan orthogonal other otherwis ought ours ourselv outbound
outcom outdat outer outermost outfil outgo outlin outpoint outproc output outright outsid outstand oven over overal
overcom overdraft overdu overflow overhaul overhead overlap overlay overli overload overlong overlook overquot
overread overrid overridabl overridden overriden overrun oversight oversiz overview overwrit overwritten owner
ownership pacifi pack packag packager packet packfil page pager pain painful paint painter pair pairwis palett pallet
palmer pamcut pamscal pane panel pango panic panix paolo paper para paradigm paragraph parallel parallelism paralleliz
parallelizabl parallelization param parameter parameteriz parametric parametriz paramref paranoid parcel paren parent
parenthes parenthesis parenthesiz parisc pariti parm parmanc pars parsabl parseabl parser part parti partial partialli
participat particular particularli partition partli partner partnership pascal paski pass passag passenger passiv
passphras passport passthrough passwd password past pasto patch patchlevel patchset patent path pathlib pathnam
pathological pathspec patienc patrick pattern paul paus pavel payload payment pcpa pcrel pctx peak pedal pedantic
pedwarn peek peel peer pekka penalti pend pentium peopl perceiv percent percentag pere perf perfect perfectli perform
performanc performant perhaps perimeter period periodic periodicalli perl perm permanent permanentli permissibl
permission permissiv permit permut permutation perpetual perror persist persistenc persistent persistentli person
personal personaliti personnel perspectiv pertain pertinent petal peter petr pfeifer pharmaci phase phdm phil philb
philip philipp phobo phone phonem phoni phonogram photo phrase phys physical physicalli physics physik pick picker
picki pickl pickup pictur pidfil pidof piec piecewis ping pipe pipelin pitch pitfal pixbuf pixel pixmap pizza pkey
pkeyparam pkeyutl pkgconf pkgconfig place placeholder placement plain plainli plaintext plan plane planner plaster
plastic platform plausibl play playback player pleas please plethora plot plug pluggabl plugin plumb plumber plural
plus pmap pmaplist pobox pochu poczta pogma point pointer pointless poison polacek pole polic polici policycontroller
polish polkit poll pollut pollution polygon polynomial pool poor poorli popular populat population popup porcelain
pork port portabiliti portabl portabli portal porter portion portmap portp pose position positional positiv posix
possess possibiliti possibl possibli post postag postal posteo postfix postgr postgresql postinst postman postpon
postprocess postrm postscript postur potential potentialli power powerful powerpc powerpcsp powq ppalka ppoll practic
practical practicalli pragma prctl pread preallocat preambl prebuilt prec precaution preced precedenc preceed precious
precis preciseli precision precompil precomput precondition preconfigur pred predat predecessor predefin predicat
predict predictabl prediction predictor preempt preemptibl preemption preexist pref prefer preferabl preferabli
preferenc prefetch prefix preformat preinitializ preinst preliminari prelink preload prematur prematureli premium
premultipli prep prepackag prepar preparation preparatori prepayment prepend preprocess preprocessor prereleas prereq
prerequisit prerm prescription presenc present presentation presentli preserv preservation preset press pressur presum
presumabli presumption pretend pretti prettier prev prevail prevent prevention preview previous previousli price
primari primarili prime primitiv principal principl print printabl printer printf printout prio prior prioriti
prioritiz prism pristin priv privaci privat privateca privateli privatization privileg prize probabiliti probabl
probabli probe problem problematic proc proce procedur proceed process processor procf procnam procnum procp prod
produc producer product production prof profil profiler profit prog prognam prognum program programlist programm
programmatic programmaticalli programmer progress progressiv prohibit project projection prominent prominentli promis
promisifi promo promot promotion prompt prone pronoun pronounc pronunciation proof prop propagat propagation proper
properli properti propogat proportion proportional propos proposal propq proprietari protect protection protector
proto protobuf protocol protonmail prototyp prove provid provider provision provisionalli provok proxi prune pselect
pseudo pseudorandom pseudoterminal psmith psql psycopg pthaugen pthread ptrace pubkey public publicalli publication
publicca publiciti publicli publish publisher pubsub pull puls punct punctuation punt punycod pupil purchas purchaser
pure pureli purg purpos pursuant push puzzl pwrite pycon pydantic pygment pypars pypi pyproject pytest python qdisc
qemu qianjh qing qsort quad quadratic qualifi qualification qualifier qualiti quantifier quantiti quantiz quantization
quantizer quantum quarter quash queri querystr question questionabl queu queue quick quickli quiet quietli quilt
quinlan quirk quit quot quota quotation quotient race raci raddr radian radiator radio radius radix rafael rainbow
rais ralf ramana ramp rand random randomiz randomization randomli randomness randr rang ranger rank ranlib rapid
rapidli rare rareli raster rasterizer rate rather ratio rational rbacrolebind rbalint rcsid rdapp rdfds rdsandiford
reach reachabiliti reachabl react reaction reactivat read readabiliti readabl readahead readdir readelf reader readi
readili readiness readit readlin readlink readm readonli readv real realclean realignment realistic realiti realiz
realli realloc reallocat reallocation realm realpath realtim reap rearnsha rearrang rearrangement reason reasonabl
reasonabli reassembl reassign reattach rebas rebind reboot rebuild recal recalculat recaptcha receipt receiv receiver
recent recentli reception receptionist recheck recip recipient reciprocal reclaim recod recognis recognition recogniz
recognizer recommend recommendation recommender recompil recompilation recompress recomput reconcil reconfigur
reconfiguration reconnect reconstruct reconstruction record recosiz recover recoverabl recoveri recreat recreation
rect rectangl rectangular recur recurrenc recurs recursion recursiv recursiveli recv recvfrom recvmsg recvsiz recvsz
recycl redact redeclar redefin redefinition redesign redhat redirect redirection redis redisplay redistribut
redistributabl redistribution redo redraw reduc reduction redundanci redundant reenabl reencod reentranci reentrant
refactor refcount refentrytitl refer referenc referential refil refin refinement reflect reflection reflink reflog
refnam reform reformat refrain refresh refspec refsynopsisdiv refund refus regain regard regardless regcomp regen
regenerat regeneration regex regexp region regional register registerrpc registration registri regress regression
regular regulariz regularli regulation rehash reimplement reimplementation reindent reinit reinitializ
reinitialization reinstal reinstat reinterpret reintroduc reinvok reject rejection relat relation relational
relationship relativ relativeli relax relay releas relevanc relevant reli reliabiliti reliabl reliabli relianc
relicens relink relinquish reload reloc relocat relocatabl relocation relro remain remainder remak remap remark remedi
remember remi remind reminder remnant remot remoteli remount remov removabl removal renam rend render renderabl
renderer rendition renegotiat renegotiation renew renewal renic rent rental renumber reopen reorder reorg reorganiz
reorganization repack repaint repair repars repeat repeatabl repeatedli repetition repetitiv rephras repl replac
replaceabl replacement replay repli replica replicat replication repo report reportbug reportedli reporter reposition
repositori repr represent representabl representation representativ reprint reproduc reproducer reproducibiliti
reproducibl reproduction repurpos reputation request requestor requeu requir requirement requisit reread rerer rerun
resampl rescal rescan reschedul rese research resembl resend resent reserv reservation reset reshap resid residenci
resident residual resilient resistanc resistant resiz resolution resolv resolvabl resolver resort resourc resp respect
respectiv respectiveli respond responder respons responsibiliti responsibl responsiv rest restart restaurant restor
restoration restrict restriction restrictiv restructur result resultant resum resumabl resumption resurrect resync
resynchroniz retail retain retention retir retransmission retransmit retri retriabl retriev retrieval retroactiveli
return retval reus reusabl revalidat revalidation revamp reveal revent revers reversibl reversion revert review
reviewer revis revision revisit revocation revok rewind reword rework rewrit rguenther rhel rice rich richard rick
rider ridiculous right rightmost ring rint riscv rise riseup risk riski riverland rivosinc rlimit rmdir rmsg robert
roberto robin robot robust robustness roff roger roland role roll rollback rollout roman roof roofer room root rootkea
ross rotat rotation rough roughli round roundtrip rout router routin rowspan royalti rpath rpcgen rpch rpcinfo rrdata
rsautl rsync rtem rtlib rtype rubi rudimentari rule runlevel runnabl runner runtest runtim runuser rvalu ryan sack
sacred safe safeguard safeli safeti sake salari sale salsa salt salvag samba same samp sampl samsung samuel sand
sandbox sandmann sando sandra sane saniti sanitiz sanitizer sanvila sarg satisfaction satisfi saturation saturday
savannah save savepoint saver savings sbindir sbrk scaffold scalabiliti scalabl scalar scale scaler scan scandir scanf
scanlang scanlin scanltranstre scanner scanwpaipa scare scarf scatter scenario scene sched schedul scheduler schema
scheme school schwab schweiz scientific scope score scott scrape scratch screen screensaver screenshot screw script
scriptlet scroll scrollbar scrypt sctp sdist seal sean search seat sebastian sebastien sebpop seccomp second secondari
secret section sector secur secureli securiti seealso seed seek seekabl seem seemingli segfault segher segment
segmentation segregat segv select selectabl selection selectiv selectiveli selector self selftest selinux sell sellcey
seller semantic semanticalli semaphor semi semicolon send sender sendfil sendmsg sendnow sendsiz sendsz sendto sens
sensibl sensitiv sensitiviti sentenc sentinel separabl separat separateli separation separator september sequenc
sequencer sequential sequentialli sergiodj serial serialis serializ serializabl serialization serializer series serif
serious seriousli serv server servernam servic servicenetwork session setarch setenv setgid setgroup setitimer setjmp
setlocal setprioriti setresuid setreuid setrlimit setsid setsockopt settabl setter setterm settl setuid setup
setuptool setutent seurer seven sever several severeli severiti sewag seznam sfdisk sftp shade shader shadow shall
shallow shape shar shard share shareabl sharp sharpen sharpon shear shebang sheet shell shellcheck shellutil shield
shift shim shinwel ship shipment shirt shlib shmctl shmget shoe shoot shop short shortcom shortcut shorten shorthand
shortli shortlog shot shout show shower shrink shuffl shut shutdown siarheit sibl sibling siddhesh side sidebar sifiv
sigaction sigaltstack sigh sigma sigmask sign signal signalfd signatur signbit signedness signer signgam signifi
significanc significand significant significantli signum sigpend sigprocmask sigqueu sigsuspend sigwaitinfo silenc
silent silentli silk silli simd similar similariti similarli simon simpl simpli simpliciti simplifi simplification
simplistic simulat simulation simulator simultaneous simultaneousli sinc sincosq sine sing singl singleton singli
singular sinh sink sister site situation size sizeof sizep sjoerd skeleton sketch skew skill skip slack slant slash
slate slave sleep slice slide slight slightli slip slope sloppi slot slow slowdown slowli slurp slyfox small smart
smartcard smash smcv smime smith smooth smoothli snake snap snapshot snark sndio sneak snippet snooz snprintf soak
soap sock sockaddr socket socketpair sockfd sockp sofa soft softfloat softwar solar solaris sole soleli solicitor
solid solution solv solver some somebodi somehow someon something sometim somewhat somewher sonam soon sophisticat
sorri sort sound sourc sourcecod sourceforg sourcewar soversion space spam span spanner spanstream sparc spare spark
spars spawn speak speaker spec special specializ specialization specialli specifi specific specificalli specification
specifier specifyer spectrum speculation speculativ speech speed speedup spell spellcheck spend spew sphinx spill spin
spinner spirit spit spite spkac splay splice spline split splitter spoke sponsor spoof spool spot spread spreadsheet
spring sprintf spurious spuriousli sqlalchemi sqlite sqrt squar squash squeez squelch sramacher srand srcdir srci srcx
sscanf sshd stab stabiliti stabiliz stabl stack stacksiz stacktrac staff stage stailhead stailq stair stale stall
stamp stand standalon standard standardiz standbi stanford stanza stapelberg stapl star start startup stash stat state
stateful stateless statement static staticalli stationari stationeri statistic statistical status statutori statx stay
stayopen stcarrez stdarg stdatomic stdbool stdc stdcall stddef stderr stdin stdint stdio stdlib stdout steal steel
stefan stefano stefanor stem step stephan stephen stereo steve steven sthibault stick sticki still stmt stock
stoeckmann stop stoppag storag store storeutl stori stove strace straight straightforward strang strategi stray
strcasecmp strcat strchr strcmp strcpi strdup stream streamlin strength strerror stress stretch strftime strict
strictli stride strike strikethrough string stringent stringifi stringification strip stripe strlcpi strlen strncmp
strncpi strndup stroke strong strongli strptime strstr strtod strtof strtol strtold strtoul strtoull struct structur
structural stti stuart stub student studi studio stuff stupid style stylesheet subarray subclass subcommand
subconfigur subdir subdirectori subdivi subdivid subdomain subexpression subfield subformat subgroup subject subkey
sublicens submission submit submodul subnet subnetwork subnormal subobject suboptimal subordinat subpackag subpath
subpixel subprocess subproject subprotocol subqueri subrang subroutin subsampl subscrib subscriber subscript
subscription subsection subsequenc subsequent subsequentli subset subshel subst substanc substantial substantialli
substitition substitut substitution substr substvar subsum subsumption subsystem subtest subtitl subtl subtli subtract
subtraction subtre subtyp subversion subwindow succe succeed success successful successfulli succession successiv
successiveli successor such suck suddenli sudo suffer suffic sufficient sufficientli suffix suggest suggestion suid
suit suitabiliti suitabl suitabli suitcas summari summaris summariz summer sunday super superblock superced superclass
superficial superfluous superh superior supermarket superproject superscript supersed superset superuser supervis
supervisor suport supplement supplemental supplementari suppli supplier support suppos supposedli suppress suppression
supress sure surfac surnam surplus surpris surrender surrogat surround survey surviv susceptibl suse suspect suspend
suspension suspicious swallow swap swapcontext swapon swear sweep switch syllabl sylvestr symbol symbolic symbolicalli
symlink symmetri symmetric sympatico symptom symtab sync synch synchronisation synchroniz synchronization synchronous
synchronousli synonym synonymous synopsi synopsis syntactic syntacticalli syntax synthesis synthesiz synthetic
sysadmin syscal sysconf sysconfdir sysconfig sysctl sysf syslimit syslog sysroot system systematic systematicalli
systemctl systemd sysv sysvinit szabolc tabindex tabl tablespac tablet tabstop tabular tack taggart tagnam tail tailor
taint take talk tall tamar tamper tangent tanh tape tarbal tarfil target targetdir tariff task taskloop taskqueu tausq
taxonomi tbodi tcsh tdevri teach teacher team tear teardown technical technicalli technician techniqu technologi
technological tege teja tell telnet temp tempfil templat tempnam temporal temporari temporarili tenant tend
tensorboard tentativ tenth terabyt term termcap terminal terminat termination terminator terminfo terminologi termio
ternari terra terraform terribl territori ters test testcas testdb tester testsuit texi texinfo text textconv
textdomain textual textur textutil textwidth tfheen tgammaq than thank thanks that thead their them theme themselv
then theoretical theoreticalli theori thep there thereafter therebi therefor therein thereof these thewrittenword they
thickness thierri thin thing think thinko third thirti this thoma thorough thoroughli those though thought thousand
thread threadpool threadsaf threat three threshold throttl through throughout throughput throw thru thumb thumbnail
thunk thursday thus thyrsus tiago tick ticket tidi tier tiff tiger tight tighten tightli tild tile tilegx tilepro
tilera till tilman time timeli timelin timeout timer timespec timestamp timeval timezon timo tini tint tion tiscali
titl titlepag tium tjaalton tkoenig tmpdir tmpfile tmpfs tmraz tmux toascii tobi tobia today todo together toggl
toilet token tokeniz tokenization tokenizer toleranc tolerant tolerat toleration tolower toma tomorrow tone toni
tonight tool toolbar toolchain toolkit toolset tooltip topic toplevel topmost topologi topological tort tortur total
totalli touch touchscreen tough toupper tourist tout toward towards tpus tput trace traceback tracepoint tracer track
tracker trackmemusag trade trademark tradeoff traditional traditionalli traffic trail trailer train trait trampolin
tran transaction transactional transcod transcrib transcript transcription transfer transferabl transform
transformation transient transition transitional transitiv translat translatabl translation translationproject
translator transmission transmit transparenci transparent transparentli transport transpos trap trash travel travers
traversal travis treat treati treatment tree trial triangl trick tricki triegel trigger trim trip tripl triplet
trippelsdorf trivial trivialli trodger troff troll tromey troubl troubleshoot trouser truck true truecolor truli trunc
truncat truncation trunk trust truth truthi tsan tschwing tsearch tset ttynam ttys tuesday tunabl tune tunnel tupl
turn tutorial tweak twelv twice twinsun type typeahead typecast typecheck typedef typefac typenam typeof typeset
typical typicalli typo typofix typographi typographical tytso tzdata tzinfo ubizjak ubsan ubuntu uchar udeb udev ueno
ufunc ugli uint uiuc ulimit ulink ulong ultimat ultimateli ultra umask umount unabl unacceptabl unaffect unalign
unallocat unalter unam unambiguous unambiguousli unari unassign unauthenticat unauthoriz unavailabl unavoidabl unawar
unbalanc unbind unblock unborn unbound unbreak unbreakabl unbuffer uncaught unchang uncheck uncl unclean unclear
unclos uncomment uncommit uncommon uncompress unconditional unconditionalli unconstrain uncover undeclar undef undefin
undelet under underflow undergo underli underlin underneath underscor understand understandabl undesir undesirabl
undetect undo undocument unencrypt unenforceabl unescap unevaluat unexpect unexpectedli unexport unfair unfinish unfix
unfold unformat unfortunat unfortunateli ungrab unhandl unhappi unhealthi unhelpful unicast unicod unifdef unifi
unification uniform uniformli unimplement uninit uninitialis uninitializ uninstal unintend unintentional
unintentionalli uninterest union uniq uniqu uniqueli uniqueness unistd unit unittest universal universalli universiti
unix unknown unlabel unless unlik unlikeli unlimit unlink unlinkat unlist unload unlock unmaintain unmanag unmap
unmask unmatch unmerg unmodifi unmount unnam unnecessari unnecessarili unneed unnotic unofficial unorder unpack unpair
unpars unpatch unpickl unportabl unpredictabl unprefix unprintabl unprivileg unprocess unqualifi unquot unreachabl
unread unreadabl unrealiz unrecognis unrecogniz unrecoverabl unref unreferenc unregister unrelat unreleas unreliabl
unreproducibl unrequir unresolv unresponsiv unrestrict unrol unsaf unset unshar unsign unsort unspec unspecifi unstabl
unstag unstrip unsuccessful unsuitabl unsupport unsur unterminat untest unti until untouch untrack untranslat untrust
unus unusabl unusual unversion unwant unwind unwinder unwrap unwritten unzip upcom updat upgrad upload uploader upon
upper uppercas upsampl upset upstair upstream uptim upward urgenci urgent urgentli uris urllib usabiliti usabl usag
uscan usec useful usefulli usefulness useless uselocal user userdata userinfo userland usernam userspac usleep usual
usualli utent util utiliti utiliz utilization utim utmp utmpx uuid uuidd uwaterloo uweigand vacation vagu valgrind
valid validat validation validator validiti valign valu valuabl vanish vanzandt vapier vararg vari variabl
variablelist variadic varianc variant variation varient varieti various varnam vasprintf vast vastli vault vector
vectoriz vectorization vectorizer vehicl vendor venkataramanan venv verb verbatim verbos verbositi verbum veri verifi
verification verifier veriti verizon versa version versionad versionchang versnum versus vertex vertical verticalli
vestig vestigal vfat vfork vfprintf vger viabl vice video videotron view viewabl viewer viewport vignett vill villa
vimrc vincent vinschen violat violation vipw virtual virtualenv virtualiz virtualization virtualli visa visibiliti
visibl vision visit visitor visual visualiz visualli vladimir vlink vmakarov vmware vnet voic void volatil volni volum
voluntari voluntarili volunteer vondel vorlon voucher vowel vpath vprintf vrfi vroff vrull vserver vsnapshot vsnprintf
vsprintf vtabl vulkan vulnerabiliti vulnerabl vxwork wage wait waiter waitpid waiv waiver wake wakeup walk wall walt
walter want wardrob warehous warn warp warrant warranti washer wasi wasm wast wasteful watch watchdog watcher water
watermark wave waveform wavefront wayland wchar wcrtomb wctype weak weakness weakref weather webcrypto webhook webpag
webserver websit websocket webstream wednesday week weekday weekend weekli weight weird weirdness welcom well werner
werror west wget what whatever whatis whatsoever wheel when whenc whenever where whereas wherebi wherein wherever
whether which whichever while whilst white whitelist whitespac whoever whole wholesal whom whose wide wideli widen
widespread widget width wife wiki wild wildcard will william winc window windr wine winsock winter wipe wire wireless
wireshark wisdom wise wish with withdraw within without wizard wonder wonderful wood wooden wool word work workaround
workbench worker workflow workforc workgroup workload workshar worksheet workspac workstation worktre world worldwid
worri worth worthwhil wprintf wrap wrapper writabl write writeabl writeit writer writev wrong wrongli wschmidt wtmp
xalloc xarg xattr xauth xcalloc xdrobj xdrs xenial xfail xftcore xftextent xftglyph xftrender ximian xlib xlsclient
xmalloc xmission xmlns xmlsec xmlto xnox xorg xprint xproto xprt xrealloc xref xsfbs xslt xsltproc xtensa xterm xtran
xuchenghua xvfb yacc yahoo yamato yaml yandex yank year yellow yesterday yggdrasil yield ylwrap young your yours
yourself yselkowitz yufeng zack zackw zeha zero zeroth zgrep zhroma zipfil zippel zlib zoho zombi zonal zone zoom zstd
"""

LISTED = frozenset(_STEMS.split())
