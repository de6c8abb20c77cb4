"""The turns of phrase that carry an intent, as patterns over plain English."""

import re

from agents.understanding.phrases import opening as _opening
from agents.understanding.phrases import words as _words

RECAP = _words(
    r"(?:what|which)\b.{0,30}\b(?:did you|have you|you|you've)\b.{0,15}"
    r"\b(?:show|shown|showed|suggest|suggested|recommend|recommended|told|mentioned|given|list|listed)\b"
    r".{0,30}(?:before|so far|earlier|already|me|\?|$)",
    r"(?:remind me|recap|show me again|say that again|previous (?:list|results|suggestions))\b",
)
HELP = _opening(
    r"help(?: me)?\W*$",
    r"what can you do\b",
    r"how does this work\b",
    r"(?:what|who) (?:is|are) (?:this|you)\W*$",
)
ONE_PICK = _words(
    r"(?:choose|pick|select|name) (?:me )?(?:just |only )?(?:a single )?one\b(?! (?:of|with|that|by|from|more|like))",
    r"(?:just|only) one (?:please|will do|is enough|for me)\b",
)
TAKEN_BACK = _words(r"(?:i )?take (?:back|that back about)\b", r"changed my mind (?:about|on)\b")
AFTER_THAT = _words(
    r"(?:the )?one (?P<way>after|before) (?:that|this|it)\b",
    r"(?:the )?(?P<way2>next|previous) one\b",
)
"""The neighbour in the slate of the item talked about last."""
UNDO = _opening(r"(?:undo|take that back|go back|revert)\b")
RESET = _words(
    r"(?:drop|forget|clear|remove|lift|ignore)"
    r" (?:all(?: of (?:that|this|them|it))?|everything|(?:all )?(?:the |my )?(?:limits|filters))\b",
    r"(?:start (?:over|again|afresh)|start from scratch|reset)\b",
)
AGAINST = _words(r"compare\b", r"differ(?:s|ences?)?\b", r"(?:versus|vs)\b")
_WHICH = r"which (?:one |of (?:these|them|those)(?: \w+)? )?"
COMPARE = _words(
    r"compare\b",
    r"(?:the|any|main|what) differences?\b|\bdo (?:they|these|those) differ\b",
    r"(?:versus|vs)\b",
    r"in common\b",
    r"which (?:one )?of (?:these|them|those)\b",
    rf"{_WHICH}(?:is|are|was|has|came|comes|did|does|do|got|gets|won|costs?|weighs?)\b(?! (?:the|that|a)\b)",
    r"which (?:one|of the (?:two|three))(?: \w+)? (?:is|has|was|got|had|won|made|earned|took|costs?|weighs?|gets|sold"
    r"|needs?|uses?|lasts|scored) the \w+",
)
COMPARE_THESE = _words(rf"{_WHICH}(?:is|are|was|has|had|got) the \w+")
"""A comparison where several items were just talked about; else it asks for the first of the whole catalogue."""
QUESTION = _opening(
    r"(?:(?:and|but|so|ok(?:ay)?|well|then|great|cool|hmm),? )*"
    r"(?:who|whose|when|where|why|how|what)(?!(?:'?s)? (?:about|else|other|more)\b)(?:'?s)?\b"
)
"""A question about what it points at, however it goes on."""
DETAILS = _words(
    r"tell me (?:more )?about\b",
    r"more (?:info|information|details) (?:on|about)\b",
    r"details (?:of|on|about|for)\b",
    r"describe\b",
    r"tell me (?:the|its|what|who|how|when|where|why)\b",
    r"who(?:'s| is) (?:in|it by|the)\b",
    r"who (?:directed|made|wrote|stars?|starred|plays?|played|is in|was in|are in|created|published)\b",
    r"how (?:\w+|many \w+(?: \w+)?) (?:is|was|do|does|did|are|has|have)\b",
    r"(?:when|where) (?:was|did|is|are|do|does|will)\b",
    r"what (?:do|does|did) .{1,60} (?:cost|weigh|pay|include|contain|need|say)\b",
    r"what(?:'s| is| are| was) (?:its|their|the) .{1,40}",
    r"^\W*(?:and |but |so )?(?:is|are|does|do|has|have|can|was) (?:it|they|this|that|these|the|number|#)\b",
    r"what year\b",
    r"what(?:'s| is| was) .{1,60} about\W*$",
    r"what genre\b",
    r"where (?:was|is) .{1,40} (?:made|set|from)\b",
    r"is (?:it|that|this) (?:any )?good\b",
)
ASKS_OF = re.compile(
    r"^\W*(?:(?:and|but|so|ok|okay|well|hey)\b,? )*"
    r"(?:do you (?:have|know|sell|stock|carry)|have you got|is|are|was|were|does|do|did|has|have|had|can|will)"
    r"(?: the(?: \w+)?)?\W*$",
    re.I,
)
"""What stands before the name of an item that a question asks about: "is …", "does the film …"."""
FOLLOWS = _opening(r"(?:and|or|what about|how about|and what about)\b")
"""The start of a question that goes on with the one before, of another item or another fact: "and the third?"."""
COUNT = _opening(r"(?:and |so |ok |tell me )?(?:how many|what number of|count(?: the| all)?)\b")
VALUES = re.compile(
    r"^\W*(?:and |so |ok |but |tell me |show me |list |name )*(?:what|which|all|every)(?: (?:the|your))?\b"
    r"(?: (?:kinds?|types?|sorts?) of| different| other| all)*",
    re.I,
)
VALUES_END = re.compile(
    r"^(?:'s)?(?: (?:do you|you|them|those|these"
    r"|are|is|can i|could i|have you|exist|there|here|have|has|had|got|know|offer|sell|stock"
    r"|choose|pick|from|to|available|of|in|for|the|this|catalogue|catalog|list|cover|covered|find|filter|by|on))*\W*$",
    re.I,
)
"""What may follow the name of a field in a question for its values: "which countries do you have?"."""
_COUNTED = r"(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|a few|a couple(?: of)?|a dozen)"
_PLEASE = (
    r"(?:(?:ok(?:ay)?|yes|yeah|and|just|only|maybe|please|great|thanks|cool|nice|now|then|so|hmm|well),? )*"
    r"(?:(?:can|could|may|will|would) (?:i|we|you) (?:please )?(?:have|get|see|show|give|list|find)(?: me| us)? "
    r"|(?:i|we)(?:'d| would)? (?:want|like|need)(?: to see)? |let(?:'s| me| us) (?:see|have) )?(?:just |only |maybe )?"
)
MORE = re.compile(
    _opening(
        r"any(?:thing|body|one)? (?:else|other|more)\b",
        rf"{_PLEASE}(?:some |show me |give me |list |any |got |have |{_COUNTED} )*"
        r"(?:more|others?|other ones|another(?: one)?|different ones)\b(?! (?:thing|question|than)\b)",
        r"something (?:else|different)\b",
        r"none of (?:these|those|them)\b",
        r"(?:next|what else|other (?:suggestions|options|ideas))\b",
    ).pattern
    + "|"
    + _words(
        r"(?:anything else|something else|what else|show me more|any others?)\b",
        r"more (?:options|suggestions|ideas|results)\b",
        r"another (?:one|suggestion|recommendation)\b",
    ).pattern,
    re.I,
)
_TOLD = "".join(
    rf"(?<!\b{word} )"
    for word in ("less", "nothing", "i", "we", "not", "really", "do", "did", "also", "d", "ll", "would")
)
SIMILAR = _words(
    rf"(?:more like|similar to|something like|{_TOLD}(?<!n't )(?<!nt )like (?:the|that|this|these|those|it|number|#)"
    r"|in the style of)\b"
)
"""Likeness to an item; who says "I like the second one" tells a taste."""
FRESH = _words(
    r"(?:i(?:'m| am)? )?(?:want|need|looking for|in the mood for|would like|fancy|feel like)\b",
    r"i'd (?:like|love)\b",
    r"(?:show me|find me|find|give me|recommend|suggest|search for|let's (?:try|watch|do))\b",
)
ASKS = re.compile(
    FRESH.pattern
    + "|"
    + _words(
        r"(?:any|something|anything|some|suggestions?|recommendations?|ideas?|prefer|interested in|seeking)\b",
        r"(?:hoping for|after a|find(?:ing)?|what about|how about|name (?:the|a|of))\b",
        r"(?:please|must|only|without|no more|not|at least|at most|should (?:be|have)|needs? to be|has to be)\b",
        r"i mean\b",
        r"(?:do you have|have you(?! (?:seen|watched|read|played|heard)\b)|is there|are there)\b",
        r"or (?:more|less|fewer|over|under|above|below|better|higher|lower)\b",
        r"(?:what|which) (?:\w+ ){0,4}(?:is|was|are|has|stars?|did)\b",
    ).pattern,
    re.I,
)
TELLS = _words(
    r"(?:was|were|did|had|saw|seen|watched|i(?:'m| am) from)\b", r"is (?:great|good|awesome|amazing|iconic|funny)\b"
)
INSTEAD = re.compile(
    _words(r"(?:instead|rather|actually|(?:how|what) about|i meant|change)\b").pattern + r"|^\W*(?:no|nope|nah)\b", re.I
)
ONLY = _opening(
    r"(?:ok,? |okay,? |no,? |then |and |but |actually,? |maybe )*(?:just|only)\b(?! (?:seen|watched|saw|one)\b)"
)
"""The start of a wish for this and nothing else of its kind: "just romance"."""
SWAPS = re.compile(r"\binstead\b(?! of\b)", re.I)
ANEW = _opening(r"(?:no,? |ok,? |then |now |and )*(?:something|anything|one|ones)\b")
"""The start of a wish that names its subject anew and takes over nothing of the last."""
ADDS = _opening(
    r"(?:and |but |or |ok,? |also |only |just |maybe |rather |make it |something |preferably )*"
    r"(?:(?:with|without|in|under|over|from|for|by|before|after|between|less|more)\b"
    r"|(?:an?|the) (?:\w+ ){1,2}ones?\b|ones? (?:with|from|in|by|for)\b|(?:cheap|short|long|new|old|big|small|light"
    r"|easi|simpl|fast|quick|high|low|bett|healthi|strong|spici|sweet)e?r\b)"
)
"""The start of a message that adds to the wish of the turn before."""
PHRASE = _opening(
    r"(?:and |but |ok,? |then |also |no,? |only )*(?:an?|the|with|without|from|in|under|over|for|at|between|before"
    r"|after|since|made|by|older|newer|shorter|longer|cheaper)\b"
)
"""The start of a message that is one long description of what is wanted."""
PRONOUN = _words(
    r"(?:that|this) one\b",
    r"like (?:that|this)\b",
    r"(?:about|is|was|does|do|did|has|have|can|will|directed|in|of|to|like|made|wrote) it\b",
    r"\bits\b",
    r"(?:seen|saw|read|watched|love[ds]?|liked|hated?|played|tried|enjoyed|finished) (?:it|that)\b(?! \w)",
)
SEEN = _words(r"(?:seen|watched|read|played|tried|own|heard|know|already)\b")
LIKED = _words(r"(?:love[ds]?|liked?|enjoy(?:ed)?|great|good|nice|perfect)\b")
DISLIKED = _words(
    r"(?:hated?|dislike[ds]?|(?:didn|don|doesn|wouldn)'?t (?:really )?(?:like|love)|(?:less|nothing) like|not|no"
    r"|boring|awful|terrible|skip|remove)\b",
)
LOVED = _words(r"(?:loved|adored|enjoyed|was (?:great|good|amazing|wonderful|excellent|brilliant))\b")
HATED = _words(r"(?:hated|did(?:n'?t| not) (?:like|enjoy)|was (?:boring|bad|awful|terrible|dull|not good))\b")
ALL_SHOWN = _words(
    r"(?:all|each|every one)(?: of)? (?:these|those|them)\b",
    r"(?:these|those|them) all\b",
    r"(?:seen|watched|read|played|know|hate|like|about|compare) (?:these|those|them)\b",
)
"""Words that point at the whole last slate."""
POINTS = _words(r"(?:compare|which|knows?|seen|watched|read|like|love|about|vs|versus|between|not|hate)\b")
REFUSED = re.compile(
    r"\b(?:no|not|nothing|without|except|avoid|hate|dislike|skip|don'?t (?:want|like))\b"
    r"(?: (?:too|any|so|very|that|overly|all))*(?: (?!but\b|and\b|or\b)\w+){1,2}",
    re.I,
)
"""Words under a refusal say what not to find; searching for them would find just that."""
ALLOWED = re.compile(
    r"^\W*(?:(?:is|are|would be|ones|too|also|actually|again)\W+)*(?:ok|okay|fine|allowed|alright|all right|welcome)\b",
    re.I,
)
"""What follows something that is no longer refused: "horror is ok after all"."""
RULED_OUT = re.compile(r"^\W*(?:neither|nope|no thanks|(?:is|are) (?:out|off the table|a no))\b", re.I)
"""What follows something refused: "horror neither"."""
REFUSAL_ALONE = re.compile(r"^\W*(?:no|nope|nah)(?: wait)?\s*[,.!–—]+\s*", re.I)
"""A "no," to what was shown; what follows is wanted."""
FIRST_PERSON = re.compile(r"\b(?:i|we|my|i've|ive|i'd)\b|^\W*(?:already|seen|watched|read)\b", re.I)
