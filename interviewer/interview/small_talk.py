"""What an interviewer may say beside the question: the words and turns of plain courtesy."""

from __future__ import annotations

import re

from interviewer.grading.lexicon import STOP_WORDS
from interviewer.text import stems

# Little words that say of an answer or of the interview that it is good, bad or over.
_LOADED = frozenset({"done", "gone", "off", "over", "well", "very", "quite"})
# What is said of the talk itself: none of it praises, ends the talk or belongs to a subject.
_COURTESY = """
    additional address afraid afterwards ago ahead aim algorithm along aloud angle another
    answer anything apologies approach area around aside ask asked asking aspect assume
    available back background base based basics bear bearing begin beginning begun behavioral
    behavioural bit both bring broad broadly brought build building built candidate carry case
    chance change changing chapter choose circle circumstance clarification clarify clarity
    classical closely code coding colleague combine come comfortable coming company compare
    compared comparing comparison concept concern concrete connect connected consider context
    continue continuing contrast conversation core couple cover covering curious data decide
    deep deeper deliberate delve depth derivation describe described describing design detail
    details differ different differently dig dimension direct direction discuss discussed
    discussing discussion dive drill earlier elaborate element else encounter engineer
    engineering entire entirely evaluate evaluation everyday examine exercise expand experience
    explain explained explaining explanation explore extend factor fairly far feel field first
    focus follow following follows form foundation free front fundamentals further general
    generally goal ground guide hand handle happy head hear heard hello help hi high hold
    hypothetical hypothetically imagine include including initial inside instead intend intended
    interest interested interpret introduce investigate involve involved issue job join joined
    jump keen keep kick kind know laid last later lay laying layout lead leading learn learned
    learning leave leaving let level like line link listed listen little long look looking loud
    love machine main material math mathematics maths matter maybe mean meaning meant mention
    mentioned mentioning method mind minute ml model moment move moved moving name named narrow
    natural need new next note notebook noted notice noting notion okay open option order
    otherwise outline outlined overall pair paper part particular particularly partly past pause
    pen people perhaps personal personally perspective phase phrase pick picking picture piece
    pivot place plain plainly play please point pose position practical practice present press
    previous probe problem proceed professional programming project pursue push put putting
    python question quick quickly raise raised range read reading ready real recall recent
    recently refer referred referring reflect regard regarding relate related remain remind
    reminded repeat rephrase request research respective respond response restate return
    returning revisit rewind reword role round run runs said saying scenario scene scope screen
    second section self sentence separate serve set setting several shape share shared sharing
    shift short shortly show shown side simply sit situation size skip slight slightly slow
    solve something somewhat sorry sort space speak speaking special specific specifically
    specifics spend spoke spoken stage start started starting state stated statement statistics
    stay staying step stick sticking story study subject suppose switch switching system table
    tackle take taken taking talk talked talking task team technical tell telling term thanks
    theme theoretical theory thing think thinking third thought thread tie tied time together
    told topic touch touched toward trade transition treat try trying turn turned turning two
    type unclear understand understanding understood unpack use used using variety version view
    visit voice walk walked walking walkthrough want way welcome whatever whichever whiteboard
    whole wide widely wish wonder wondering word work worked working workplace world write
    writing written zoom
"""
# What a question may be put in beside its own words.
_ASKING = """
    actual address advantage affect allow alternative analogy analyse analyze anyway appropriate
    apply arise aspect behave behaviour behavior behind benefit call calculate case cause certain
    characterise characterize check choice choose circumstance come common commonly compare
    comparison concern condition consequence consist contrast correspond deal decide define
    definition describe detect determine differ difference distinguish downside drawback drive
    effect employ enable ensure express fact favour favor figure find follow function
    generally give goal handle happen help helpful idea identify imply important influence
    intuition involve kind know lead likely limit limitation make manage matter meaning mechanism
    method motivate motivation necessary need normally occur often opt overcome pick play point
    possible practice prefer principle pro process produce purpose reach real reason reckon refer
    regard relation relationship rely represent require result role see select sensible serve
    show significance signify situation specific stand strategy suggest suit suitable support tackle
    tell term think trade type typically understand usage use useful usually verify view
    want work world
"""
FUNCTION_WORDS = STOP_WORDS - _LOADED
"""The words that carry a sentence, without those that tell how something went."""

COURTESY = frozenset(stems(_COURTESY)) | frozenset(stems(" ".join(FUNCTION_WORDS)))
"""The stems of all words that may be said of the talk itself."""

ASKING_WORDS = COURTESY | frozenset(stems(_ASKING))
"""The stems of all words in which a question may be put."""

# Said as a whole, in which words stand that are not free to be said elsewhere.
_FIXED = re.compile(
    r"""\b(?:
        take\ (?:your|all\ the)\ time(?:\ you\ (?:need|like|want))?
        | as\ (?:long|much|deep|deeply|far|wide|widely|broad|broadly|short|brief|briefly)\ as\ you
          \ (?:need|like|want|wish|please|can|find\ useful|see\ fit|think\ fit)
        | as\ you\ (?:like|wish|please|see\ fit) | (?:entirely\ |all\ )?up\ to\ you
        | no\ (?:problem|worries|rush|hurry|need|matter) | not\ a\ problem | don['’]t\ worry
        | not\ only | for\ you\ to\ (?:decide|choose|say) | you\ (?:decide|choose)
        | no\ (?:particular|required|fixed|set|specific)\ (?:order|length|level|depth|format|scale)
        | open[ -]ended | hands[ -]on | high[ -]level | machine[ -]learning | warm[ -]up | at\ large
        | over\ to\ you | the\ floor\ is\ yours | as\ well(?:\ as)? | to\ be\ clear
        | in\ (?:other|your\ own)\ words | of\ your\ (?:own\ )?choice | got\ (?:it|that)
        | shift(?:ing)?\ gears | (?:begin|start|welcome\ to)\ the\ interview | pen\ and\ paper
        | let\ me\ know\ if\ anything(?:\ is|['’]s)\ unclear | that(?:['’]s|\ is)\ (?:okay|ok|noted)
        | i\ follow | i\ have\ what\ i\ need | m+h?m*[ -]h?m+ | made\ a\ note
        | (?:fairly|quite|very)\ (?:broad|wide|open|general)(?:ly)?
        | (?:can(?:no|\ no|['’])t|won['’]t|will\ not|not\ able\ to|not\ going\ to)
          \ (?:say|tell|give|go|share|add|answer|narrow)
    )(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)
_OPENER = re.compile(
    r"""(?:okay | ok | all\ ?right | alright | h+m+ | m+h?m+ | ah | oh,? | well | so | now | then
        | and | but | or | also | again | still | so\ far | please | thanks
        | thank\ you(?:\ very\ much)?
        | many\ thanks | noted | understood | i\ see | sure | certainly | of\ course | hello | hi
        | welcome | sorry | perhaps | maybe | just | simply)
        (?![\w'’])[\s,]*""",
    re.IGNORECASE | re.VERBOSE,
)
SAID = r"""(?:said|say|mentioned|mention|spoke|talked|brought|described|describe|noted|explained
    |named|raised|touched|referred|started|began|put|called|listed|compared|outlined|told|used
    |discussed|went|walked|were\ (?:saying|talking|speaking|describing|discussing|telling))"""
_I_AM = r"""(?:afraid|happy|not\ able|asking|interested|looking|thinking|talking|referring|curious
    |after|going|keen|wondering|unable|leaving|turning|moving)"""
_FRAME = re.compile(
    rf"""(?:
        let['’]?s | let\ us | let\ me | allow\ me | how\ about\ we
        | i\ (?:can(?:no|\ no|['’])t|won['’]t|will\ not)
        | i(?:['’]d|\ would|\ should)(?:\ also|\ now|\ just|\ still)?\ (?:like|love|leave|ask|be)
        | i(?:['’]ll|\ will|\ want|\ wanted|\ mean|\ meant|\ hear|\ heard|\ understand|\ noted)
        | i\ (?:noticed|wonder|ask|asked)
        | i(?:['’]ve|\ have)\ (?:just\ )?(?:noted|made|written|heard|got|taken)
        | i(?:['’]ve|\ have)\ (?:a|an|another|one|two|that|some)
        | i(?:['’]m|\ am|\ was)\ (?:also\ |just\ |only\ |really\ )?{_I_AM}
        | we(?:['’]ll|\ will|\ can|\ could|\ now|\ have|['’]re|\ are|['’]ve|\ were)
        | we\ (?:turn|move|stay|leave|pass|come|go|continue|start|begin|carry|skip)
        | you(?:['’]ve|\ have|\ had)?(?:\ just|\ also|\ already|\ first|\ earlier)?\ {SAID}
        | (?:when|what|where|that|which|as)\ you(?:['’]ve|\ have)?(?:\ just)?\ {SAID}
        | you(?:['’]re|\ are)\ (?:free|welcome|to|asked|given|working) | you\ (?:can|may|have|work)
        | take | go\ on | feel | as | at | before | by | for | from | given | in | on | onto | since
        | so\ far
        | to | under | with | within | about | around | across | after | if | regarding | up
        | (?:next|first|second|now)(?:\W*$|\ (?:up|question|one|of|i|we|let|topic|part|is|on|thing))
        | one\ (?:more|thing|question|of|part|follow) | another\ (?:one|question|topic|thing)
        | here(?:['’]s|\ is|\ are|\ comes) | something\ (?:new|different|else|you|a)
        | this\ (?:is|one|time|next|question) | my\ (?:next|first|second|question|follow)
        | the\ (?:question|aim|goal|task|scenario|situation)
        | the\ (?:next|first|second|other)\ (?:one|question|part|thing|topic|half|is)
        | our\ (?:next|first|second) | an? | happy\ to | glad\ to | along\ with | based\ on
        | question | imagine | consider\ (?:this|the\ following) | specifically | that\ covers
        | there(?:['’]s|\ is|\ are)\ (?:an?|one|another|some) | suppose | picture | say | assume
        | (?:mov|turn|stay|stick|follow|continu|switch|chang|go|start|beginn|pick|build|com|speak
          |talk|tak|return|look|think|keep|carry|circl|stepp|shift|pivot|transition|leav|skipp
          |jump|mention|relat)ing
        | (?:that|this|which)\ (?:brings|leads|takes)\ (?:me|us)?\ ?to | shall\ we
        | earlier\ (?:you|on|we) | time\ (?:for|to) | back\ to | still\ (?:on|with) | up\ next
        | (?:quick|new|different|same)\ (?:one|question|topic|subject|follow)
    )(?![\w'’])""",
    re.IGNORECASE | re.VERBOSE,
)
_CLARIFYING_FRAME = re.compile(
    r"(?:it(?:['’]s|\ is)?|that(?:['’]s|\ is)|there(?:['’]s|\ is|\ are)|the|both|each|either"
    r"|yes|no|what|when|why|how|which|whichever|whatever|where|whether|you|your|just|only|much"
    r"|answer|describe|cover|think|consider|put|any|all|i)(?![\w'’])",
    re.IGNORECASE,
)
_VERDICT = re.compile(
    r"""\b(?:(?:that|it)(?:['’]s|\ is|\ was|\ sounds|\ seems|\ looks)
        | you(?:['’]ve|\ have)(?:\ \w+){0,3}\ (?:understanding|understood|experience|interest)
        | this\ (?:is|was)(?!\ (?:an?|my|our|about|one|the\ (?:next|first|second))\b))\b""",
    re.IGNORECASE | re.VERBOSE,
)


def without_opener(part: str) -> str:
    """Leave out what opens a part of a sentence: thanks, a note that it was heard, a filler."""
    rest = part.strip(" ,")
    while opener := _OPENER.match(rest):
        rest = rest[opener.end() :]
    return rest


def without_phrases(part: str) -> str:
    """Leave out fixed phrases of courtesy, which hold words that are not free elsewhere."""
    return _FIXED.sub(" ", part)


def is_framed(rest: str) -> bool:
    """Whether a part of a sentence, its opener left out, begins as talk about the talk does."""
    return _FRAME.match(rest) is not None and _VERDICT.search(without_phrases(rest)) is None


def is_about_the_question(rest: str) -> bool:
    """Whether a part of a sentence, its opener left out, begins as what makes a question clear."""
    return _FRAME.match(rest) is not None or _CLARIFYING_FRAME.match(rest) is not None
