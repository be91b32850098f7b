"""How people word things in question lists: questions, labels, adverts, navigation."""

from __future__ import annotations

import re

_QUESTION_STARTS = frozenset({"what", "what's", "what’s", "whats", "why", "how"})
_STRONG_IMPERATIVES = frozenset(
    [
        "explain",
        "describe",
        "define",
        "compare",
        "contrast",
        "discuss",
        "differentiate",
        "distinguish",
        "derive",
        "prove",
        "elaborate",
        "illustrate",
        "summarize",
        "summarise",
        "outline",
        "mention",
        "state",
        "justify",
    ]
)
_WEAK_IMPERATIVES = frozenset(
    [
        "design",
        "implement",
        "write",
        "list",
        "name",
        "give",
        "show",
        "tell",
        "walk",
        "talk",
        "suppose",
        "imagine",
        "given",
        "assume",
        "difference",
        "differences",
        "consider",
        "calculate",
        "compute",
        "estimate",
        "build",
        "create",
        "solve",
        "reverse",
        "convert",
        "demonstrate",
        "sketch",
        "propose",
        "code",
        "reverse",
        "find",
        "detect",
        "print",
        "check",
        "count",
    ]
)
_MIDDLE_QUESTION = re.compile(r"\?\s")
_SUBHEADING = re.compile(
    r"(?:why|how|when|what|where)(?: (?:to|not|do|does|is|are|it|its|it's|this|that|they|them|we|"
    r"you|use|used|using|work|works|matter|matters|important|happens|about|if|the|problem|idea|"
    r"intuition|computes|means|a))*\s*\??"
)
_LABEL = re.compile(
    r"(?:Q\s?\d{1,4}\s*[.:)\]\-–—]*\s+(?=\S)|Q\s?\d{1,4}\s*[.:)\]\-–—]+|Q\s*[.:)]\s*(?=\S)"
    r"|(?:Question|Ques|QUESTION)\s*(?:No\.?\s*)?#?\s?\d{0,4}\s*[.:)\-–—]\s*"
    r"|Question\s+#?\d{1,4}\s*$|Q\s?\d{1,4}\s*$)",
)
_NUMBER = re.compile(
    r"(?:\(?\d{1,4}[.)](?!\d)\s*|\d{1,3}(?:\.\d{1,3})+[.):]?\s+|\d{1,4}\s*[:\-–—]\s+|"
    r"#\d{1,4}[.:)]?\s+)"
)
_ANSWER_LABEL = re.compile(
    r"(?:\*\*|__|\*|_)?\s*(?:A\s?\d{0,4}(?:\*\*|__|\*|_)?\s*:|A\d{1,4}[.)]|A\.(?=\s+\S)|"
    r"(?:Sample |Short |Model |Correct |Expected |Suggested )?"
    r"(?:Answers?|Ans|ANS|ANSWER|Solution|Sol|Reply|Response)\s*(?:\d{1,4})?\s*"
    r"(?:[:.\-–—]|(?=\*\*|__)))\s*(?:\*\*|__|\*|_)?\s*[:.]?[ \t]*"
)
_ANSWER_ONLY = re.compile(
    r"\W*(?:(?:click|tap) (?:here )?(?:to|for) .*|(?:(?:show|see|view|reveal|toggle|expand|"
    r"hide|read|"
    r"check|view|the|sample|full|detailed|my|possible|short|model) )*(?:answers?|ans|"
    r"solutions?|explanation|"
    r"details|response|reply|code|hint|more)(?: here| and explanation)?)\W*",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"[\W_]*(?:(?:your |write |add |put |insert |the )*answers?(?: (?:goes |comes )?here|"
    r" pending|"
    r" to be (?:added|filled)(?: in)?| coming soon| needed| wanted| missing)?|(?:tbd|tba|todo|"
    r"wip|n/?a|fixme|none|"
    r"coming soon|pending|placeholder|in progress|work in progress|under construction|"
    r"no answer(?: yet)?|"
    r"not answered(?: yet)?|unanswered|to be (?:added|filled|answered|done|completed|updated|"
    r"continued)(?: in)?(?: later| soon)?|help wanted|"
    r"contributions? (?:are )?welcome|please contribute|prs? (?:are )?welcome|"
    r"will be added(?: soon)?|add (?:here|later)))[\W_]*",
    re.IGNORECASE,
)
_BACK_TO_TOP = re.compile(
    r"[\W_]*(?:back|go|return|jump|scroll) (?:back )?(?:up )?to (?:the )?"
    r"(?:top|contents?|toc|index|table of contents|questions|start|menu|list)[\W_]*",
    re.IGNORECASE,
)
_LINK_TO_TOP = re.compile(
    r"[\W_]*(?:(?:to )?(?:the )?top|up|(?:table of )?contents?|toc|home|"
    r"⬆|↑|↥)?[\W_]*",
    re.IGNORECASE,
)
_BOILERPLATE = re.compile(
    r"(?:table of contents?|contents?|toc|index|what'?s inside|whats inside|"
    r"overview of contents|navigation|"
    r"contribut(?:e|ing|ors?|ions?)(?: .*)?|how (?:can i |to |you can )contribute.*|"
    r"contribution guide.*|licen[cs]e.*|"
    r"acknowledge?ments?|credits?|references?|(?:useful |preparation |other |more |further |"
    r"additional |"
    r"learning |external |helpful |related |recommended |free |study )*(?:resources?|links?|"
    r"reading|books?|courses?|blogs?|videos?|repositories|repos|material)(?: .{0,20})?|"
    r"sponsors?(?:hip)?|support(?: .*)?|donat.*|star(?:gazers?)?(?: .*)?|star history|"
    r"about(?: (?:me|us|this .*|the .*))?|"
    r"author.*|maintainers?|contact.*|follow .*|connect .*|social.*|roadmap|todo.*|to do|"
    r"changelog|change log|news|updates?|"
    r"disclaimer|legend|how to use(?: .*)?|usage|installation|getting started|prerequisites|"
    r"introduction|intro|preface|foreword|"
    r"features|feedback|show your support|give a star.*|community|download.*|motivation|"
    r"(?:about|why) this (?:repo|project|list).*|"
    r"what is this\??(?: .*repo.*)?|translations?|languages|citation|cite.*|thanks.*|"
    r"thank you.*|bonus|topics|releases|packages|footer|"
    r"folder structure|repository structure|project structure|table|summary|conclusion|"
    r"i teach .*|inspired by.*|see also|related.*|sources?|tags|note|notes|important|warning|"
    r"(?:recently|newly) added.*|what'?s new.*|(?:interview |general |useful )?tips?(?: .*)?)",
    re.IGNORECASE,
)
_CONTENTS = re.compile(
    r"(?:table of contents?|contents?|toc|index|what'?s inside|navigation|"
    r"(?:list of )?questions?|topics)",
    re.IGNORECASE,
)
_GENERIC = re.compile(
    r"(?:(?:the |all |list of |top \d+ |\d+\+? |sample |common |frequently asked |interview |"
    r"practice |technical |basic set of )*"
    r"(?:questions?|q ?& ?a|qna|faqs?|questions? ?(?:&|and) ?answers?|answers|"
    r"exercises)(?: list)?)",
    re.IGNORECASE,
)
_ADVERT = re.compile(
    r"\b(?:star (?:this|the repo\w*|us|my|our)|give (?:it|this|us|the repo\w*) (?:a )?(?:star|⭐)|"
    r"leave a star|if this helped|subscribe (?:to |for )?(?:our|my|this|now|here|email|updates)|"
    r"(?:our|my|the) newsletter|(?:our|my) sponsors?|sponsored by|become a sponsor|"
    r"buy me a coffee|"
    r"patreon|ko-fi|follow (?:me|us) on|join (?:our|us|my)\b|sign up (?:here|now|today)|"
    r"enroll? (?:in|now)|"
    r"discount code|\d+% (?:off|discount)|limited offer|our (?:course|bootcamp|"
    r"youtube channel)s?\b|"
    r"explore all \d*|find all (?:the )?\d* ?answers|check out (?:our|my)|"
    r"get hired|advertis\w+|hire me|youtube channel|"
    r"(?:discord|telegram|whatsapp) (?:group|channel|server|community)|"
    r"(?:pull requests?|prs?) (?:are )?(?:very |always |highly )?(?:welcome|appreciated)|"
    r"land(?:ed)? (?:an|your|the) (?:offer|job)|support this (?:project|repo)|click :star:)",
    re.IGNORECASE,
)
_LINK_OR_SHOUT = re.compile(
    r"\]\(|https?://|!|\[image|repo|👉|⭐|🌟|❤|☕|course|offer", re.IGNORECASE
)


def looks_like_question(text: str) -> bool:
    """Tell whether cleaned text reads as something an interviewer asks."""
    stripped = text.strip().rstrip("\"'”’)*_ ")
    words = stripped.casefold().split()
    if not words or len(words) > 150:
        return False
    if stripped.endswith("?"):
        return True
    if stripped.endswith((":", ";", ",")):
        return False
    first = words[0].strip("\"'“‘(*_`,")
    if first in _STRONG_IMPERATIVES:
        return len(words) > 1
    if first in _QUESTION_STARTS:
        return len(words) > 2
    if first in _WEAK_IMPERATIVES:
        return len(words) > 2
    asked = _MIDDLE_QUESTION.search(stripped)
    return asked is not None and looks_like_question(stripped[asked.end() :])


def is_subheading(text: str) -> bool:
    """Tell whether a short text such as "Why it works?" heads a part of an answer."""
    return bool(_SUBHEADING.fullmatch(" ".join(text.casefold().split())))


def strip_label(text: str) -> tuple[str, bool]:
    """Take a leading "Q:", "Q1." or "Question 3:" off; tell whether there was one."""
    label = _LABEL.match(text.lstrip())
    if label is None:
        return text, False
    return text.lstrip()[label.end() :].strip(), True


def strip_number(text: str) -> tuple[str, bool]:
    """Take leading numbers such as "12." or "3.1" off; tell whether there was one."""
    rest, found = text.strip(), False
    while (number := _NUMBER.match(rest)) and number.end() < len(rest):
        rest, found = rest[number.end() :].strip(), True
    return rest, found


def answer_label_end(text: str) -> int:
    """Give where a leading "A:" or "**Answer:**" ends, 0 where there is none."""
    label = _ANSWER_LABEL.match(text.lstrip())
    return label.end() + len(text) - len(text.lstrip()) if label else 0


def is_answer_heading(text: str) -> bool:
    """Tell whether a heading or a summary only says that the answer follows."""
    return bool(_ANSWER_ONLY.fullmatch(text.strip()))


def is_placeholder(text: str) -> bool:
    """Tell whether an answer only says that there is none yet."""
    plain = " ".join(text.split())
    return not re.search(r"\w", plain) or (len(plain) < 80 and bool(_PLACEHOLDER.fullmatch(plain)))


def is_back_to_top(text: str, *, linked: bool = False) -> bool:
    """Tell whether a short text only leads back to the top; a link may say less than a text."""
    if len(text) > 60:
        return False
    return bool(_BACK_TO_TOP.fullmatch(text) or (linked and _LINK_TO_TOP.fullmatch(text)))


def is_boilerplate_heading(text: str) -> bool:
    """Tell whether a heading opens something other than questions: contents, licence, thanks."""
    return bool(_BOILERPLATE.fullmatch(text.strip(" :!.")))


def is_contents_heading(text: str) -> bool:
    """Tell whether a heading opens a table of contents."""
    return bool(_CONTENTS.fullmatch(text.strip(" :!.")))


def is_generic_heading(text: str) -> bool:
    """Tell whether a heading only says "Questions", so that the section is its parent."""
    return bool(_GENERIC.fullmatch(text.strip(" :!.")))


def is_advert(text: str) -> bool:
    """Tell whether a short block asks for stars, sells a course or the like."""
    return (
        len(text.split()) < 60 and bool(_ADVERT.search(text)) and bool(_LINK_OR_SHOUT.search(text))
    )
