"""Words and turns of talk: they frame a wish and describe no item, so nothing is searched for by them."""

from agents.understanding.phrases import words

NOISE = frozenset(
    """
    a an the this that these those and or but if so of in on at by to for from with without about as is
    are was were be been am i im ive id me my we our you your he she they it its them him her his their
    some any something anything nothing one ones which who whom what whats when where why how can could
    would will should do does did done have has had not no yes please thanks thank hi hello hey ok okay
    well just really very quite maybe perhaps also too only more less most much many lot lots bit few
    good great nice best better bad cool awesome like liked love loved enjoy enjoyed want wanted need
    choose choosing pick decide
    looking look find found show give get got recommend recommendation recommendations suggest
    suggestion suggestions tell know think thinking heard see seen saw watch watched watching read
    reading play name called title starring stars starred star directed director featuring features
    played plays actor actress there here up out into than then else other another again kind type sort
    genre genres mood tonight today new old released made came come anyone help let lets try sure dont
    doesnt didnt isnt trying remember drop forget never mind instead ever s t m d ll re ve don didn
    must somewhere someplace anywhere next ideally preferably prefer possible
    gimme pls plz whos wich thats shes hes theyre whats lets whos
    theres itd youre youve weve someone somebody everyone everybody
    hate hates hated loves likes enjoys wants prefers list compare bye goodbye make same both wow instead
    doesn between under over before after since around same similar feel feels fancy im
    least than fewer below above minimum maximum min max cheaper cheapest dearer smaller smallest bigger biggest
    larger largest shorter shortest longer longest lighter heavier rated around about approximately
    though although however already none neither nor either rather whether while because since still even yet
    such enough almost nearly exactly actually anyway anyways therefore otherwise besides hmm hm um uh er
    might may shall being having getting gotten goes doing done said says
    aren wasn weren hasn haven hadn couldn wouldn shouldn mustn ain
    """.split()
)
"""Words of closed classes, of asking and of judging."""
_I = r"(?:i|we)(?:'?m|'?re|'?ve|'?d| am| are| was| were| have| had| would| should have)?"
_I += r"(?: (?:just|really|already|did|do))*"
_HELP = (
    r"(?:(?: (?:please|maybe))*(?: (?:help|recommend|suggest|find|show|give|tell|assist|advise|point))?(?: (?:me|us))?"
    r"(?: out)?)"
)
FRAMES = words(
    rf"{_I} (?:wonder(?:ed|ing)?|hop(?:e|ed|ing)|thinking)(?: (?:if|whether|that))*"
    rf"(?: (?:you|i|we|somebody|someone)(?:'?d|'?ll)?(?: (?:can|could|might|may|would|will))?{_HELP})?",
    rf"{_I} (?:say|said|asked?(?: (?:you )?for)?|told (?:you|u)|tell you|mean|meant|suppose|guess|believe)\b",
    r"(?:let(?:'?s| us| me)|shall we|as they) say\b",
    r"(?:that|it|this)(?:'?d| would| will|'?ll|'?s| is)(?: be)?(?: (?:really|very|so|just|quite|super))*"
    r" (?:lovely|nice|great|good|cool|perfect|wonderful|fantastic|awesome|amazing|excellent|brilliant|ideal|fine"
    r"|appreciated|helpful|kind)\b",
    r"(?:any|some|got) (?:ideas?|suggestions?|tips?|thoughts?|recommendations?|advice|hints?)\b",
    r"(?:could|can|would|will) you (?:please |maybe |perhaps )*(?:help|recommend|suggest|find|show|advise)"
    r"(?: (?:me|us))?",
    r"you(?:'?ve| have| already| just)* (?:showed|shown|suggested|recommended|gave|given|listed|offered)\b"
    r"(?: (?:me|us|these|those|them|that|already|before))*",
    r"(?:leave|keep|skip|ignore)(?: (?:those|these|them|that|it|both|all))+(?: (?:two|three|ones))?(?: out)?\b",
    r"(?:in|on|from) your (?:list|suggestions|recommendations)\b",
)
"""What people say round a wish: "I was wondering if you could …", "that would be lovely", "I did say …"."""
