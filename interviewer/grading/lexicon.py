"""Word lists that the gate and the offline judge read answers with; plain data."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> frozenset[str]:
    return frozenset(phrase.strip() for phrase in text.split("|"))


# Function words: they carry a sentence and say nothing of its subject.
STOP_WORDS = _words(
    """
    a about above across after again all also although am an and any are as at be because been
    before being below between both but by can could did do does doing done down during each
    either else etc even ever every few for from further get gets getting give given gives go goes
    going gone got had has have having he hence her here hers him his how however i if in instead
    into is it its itself just let lets like make makes many may me might more most much must my
    myself near neither nor now of off often on once one ones only onto or other others otherwise
    our ours out over own per quite rather s same say says shall she should since so some such t
    than that the their theirs them themselves then there therefore these they this those though
    through thus till to too toward towards under until up upon us use used uses using very via was
    we well were what whatever when where whereas whether which while who whom whose why will with
    within without would yet you your yours um uh er erm hmm
    """
)

# Negations stay out of the stop words' way: they turn a sentence round.
NEGATIONS = _words(
    """
    not no never none cannot cant can't won't wont don't dont doesn't doesnt didn't didnt isn't
    isnt aren't arent wasn't wasnt weren't werent shouldn't couldn't wouldn't hasn't haven't hadn't
    mustn't nor neither nothing without hardly rarely fails fail failed unable lacks lack refuses
    """
)

# After these a negation no longer reaches.
CONTRASTS = _words(
    "but however while whereas although though because since so instead rather then unless"
)

# Words that answers are padded with. A word of these that the rubric itself uses is content.
FILLER_WORDS = _words(
    """
    absolutely actually ah answer answering answers asked asking asks basically believe certain
    certainly clear clearly completely concept confident consider correct correctly crucial
    definitely er erm essentially excellent exactly example expert explain explained explanation
    explains fact feel final finally follow following follows frankly fully fundamental
    fundamentally generally good great guess hello help hi hmm honestly hope important indeed
    importance
    interesting interview interviewer kind know known literally look maybe mean means mention need
    obviously ok okay one opinion overall part perfect perhaps please point precisely pretty
    problem process professional provide question questions quick quickly really reason regarding
    relevant respond response right said see senior sense short shown simple simply solution solve
    something sort step subject sure surely talk talking tell thank thanks thing things think
    thinking thought thoughts topic true truly try um understand understanding understood usually
    vital want way words worth yeah yep yes
    """
)

# Said in place of an answer; matched as whole phrases, never word by word, since "pass" and
# "forget" are words of the trade.
NON_ANSWER_PHRASES: tuple[str, ...] = (
    r"i (?:really |honestly |just |simply )*(?:do not|don'?t|dont) (?:really |actually |quite )*"
    r"(?:know|remember|recall|understand|have (?:an?|any|the) (?:answer|idea|clue))",
    r"(?:do not|don'?t|dont) (?:really )?(?:know|remember|recall)",
    r"(?:i )?(?:have |i'?ve |got )*(?:absolutely |really |honestly )*no (?:idea|clue|answer|comment"
    r"|thoughts?|knowledge)",
    r"(?:i'?m |i am )?(?:really |honestly )*(?:not|un) ?(?:too |so |very |really |entirely )?sure",
    r"(?:i )?(?:can(?: ?no|')t|cannot|could not|couldn'?t) (?:really )?(?:answer|say|tell|remember"
    r"|recall|think of (?:anything|it))",
    r"(?:i )?(?:have |'ve )?(?:never|not) (?:really )?(?:heard|seen|studied|learned|learnt|used"
    r"|worked|come across|covered)(?: of| about| with)?",
    r"(?:i )?(?:forgot|give up|am lost|am stuck|draw(?:ing)? a blank)|i forget",
    r"i'?m (?:lost|stuck|drawing a blank|blank|not familiar|unfamiliar)(?: with)?",
    r"(?:i am )?(?:not familiar|unfamiliar)(?: with)?",
    r"beats me|who knows|search me|no response|no submission|not answered|left blank|to be done",
    r"(?:i )?(?:would|will|'d) (?:have to|need to)? ?"
    r"(?:look (?:it|this|that) up|google (?:it|this))",
    r"(?:let'?s |can we |could we |i'?d like to |i will |i'?ll |please )*(?:move on|skip|pass|come "
    r"back)(?: on| to| for)?(?: this| that| it| the)?(?: one| question)?(?: later)?",
    r"next (?:one|question)(?: please)?",
    r"idk|dunno|dont know|n/?a|not applicable|tbd|todo|sorry|apologies|haven'?t (?:a clue|an idea)",
)

# The whole of an answer, once case and punctuation are gone; phrases between bars.
EMPTY_ANSWERS = _phrases(
    """
    yes | no | maybe | yep | yeah | nope | ok | okay | sure | true | false | correct | right |
    pass | skip | next | none | null | nil | na | n a | solution | the solution | answer |
    the answer | my answer | thought process | my thought process | see above | see below |
    as above | same as above | as stated above | ditto | same | test | testing | asdf |
    lorem ipsum | hello | hi | hey | thanks | thank you | undefined | nan | blank | empty | idk |
    dunno | final answer | it depends | let's think step by step | lets think step by step |
    let us think step by step
    """
)

# Common function words of languages that answers may come in, to notice that one did.
FOREIGN_WORDS = _words(
    """
    der die das und ist nicht ein eine mit für auf den dem werden wird auch sich von zu oder wenn
    le la les des une est et pas que pour dans avec sur sont qui cette aux du au ou nous vous
    el los las una por para con como es está pero más del al lo se su sus cuando
    il gli che non per una sono della nel anche come questo di è ed dei
    uma não com para mais dos das ao também são isso
    het een van niet dat zijn met voor ook maar worden
    och att det som inte för på med är av jest nie się na że jak dla
    """
)

# Opposites: a window that says one where the point says the other denies it.
OPPOSITES: tuple[tuple[str, str], ...] = (
    ("increase", "decrease"), ("increase", "reduce"), ("increase", "lower"),
    ("raise", "lower"), ("raise", "reduce"), ("rise", "fall"), ("grow", "shrink"),
    ("higher", "lower"), ("high", "low"), ("more", "less"), ("more", "fewer"),
    ("most", "least"), ("large", "small"), ("larger", "smaller"), ("bigger", "smaller"),
    ("fast", "slow"), ("faster", "slower"), ("minimize", "maximize"), ("minimum", "maximum"),
    ("minimise", "maximise"), ("add", "remove"), ("add", "subtract"), ("adds", "takes"),
    ("with", "without"), ("before", "after"), ("above", "below"), ("same", "different"),
    ("equal", "unequal"), ("linear", "nonlinear"), ("supervised", "unsupervised"),
    ("labeled", "unlabeled"), ("labelled", "unlabelled"), ("positive", "negative"),
    ("overfit", "underfit"), ("overfitting", "underfitting"), ("strong", "weak"),
    ("deep", "shallow"), ("dense", "sparse"), ("convex", "nonconvex"), ("stable", "unstable"),
    ("balanced", "imbalanced"), ("biased", "unbiased"), ("independent", "dependent"),
    ("correlated", "uncorrelated"), ("always", "never"), ("all", "none"), ("every", "no"),
    ("against", "along"), ("upper", "lower"), ("early", "late"), ("cheap", "expensive"),
    ("better", "worse"), ("easy", "hard"), ("possible", "impossible"), ("help", "hurt"),
    ("improve", "worsen"), ("improve", "degrade"), ("converge", "diverge"), ("open", "closed"),
    ("first", "last"), ("wide", "narrow"), ("true", "false"), ("valid", "invalid"),
    ("encourage", "discourage"), ("include", "exclude"), ("accept", "reject"),
    ("sequential", "parallel"), ("local", "global"), ("symmetric", "asymmetric"),
    ("robust", "sensitive"), ("discrete", "continuous"), ("forward", "backward"),
)  # fmt: skip

NUMBER_WORDS: dict[str, str] = {
    "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9", "ten": "10", "half": "0.5", "twice": "2",
    "double": "2", "triple": "3", "hundred": "100", "thousand": "1000",
}  # fmt: skip

# Verbs that mark a clause in a terse answer that has no function words.
COMMON_VERBS = _words(
    """
    act add affect allow apply approximate assign assume average avoid become bound build calculate
    call capture cause change choose cluster combine compare compute contain control converge
    convert correct cost count cover create cut decide decrease define depend describe detect
    determine differ divide drive drop encode ensure estimate evaluate exclude expect explain
    express extract fail fall fill find fit fix fold forget freeze generalize generate grow handle
    happen help hold hurt ignore improve include increase indicate initialize keep know lead learn
    leave lie limit lower map match maximize mean measure memorize minimize miss move multiply need
    normalize optimize overfit penalize perform pick point predict prevent produce project propagate
    prune pull push raise reach read reduce regularize rely remove replace represent require reset
    return run sample saturate save scale score select separate set share shift show shrink sit
    slow smooth solve sort speed split start stay stop store subtract suffer sum take tell tend
    test trade train transform treat tune turn update validate vanish vary want weight work yield
    zero
    """
)

# Things that interview questions tell apart: said of the one, a claim is not said of the other.
RIVALS: tuple[tuple[str, ...], ...] = (
    ("l1", "l2"), ("lasso", "ridge"), ("bias", "variance"), ("precision", "recall"),
    ("bagging", "boosting"), ("encoder", "decoder"), ("generator", "discriminator"),
    ("generative", "discriminative"), ("train", "test"), ("rows", "columns"),
    ("batch", "layer"), ("classification", "regression"), ("false", "true"),
    ("prior", "posterior"), ("sgd", "adam"), ("relu", "sigmoid", "tanh"), ("mean", "median"),
    ("bert", "gpt"), ("query", "key", "value"), ("stemming", "lemmatization"),
    ("parametric", "nonparametric"), ("overfitting", "underfitting"), ("mae", "mse"),
    ("gini", "entropy"), ("pca", "tsne"), ("kmeans", "dbscan"), ("roc", "pr"),
    ("filter", "wrapper"), ("copy", "view"), ("list", "tuple"), ("thread", "process"),
)  # fmt: skip
