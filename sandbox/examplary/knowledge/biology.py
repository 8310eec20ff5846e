"""Biology."""

from __future__ import annotations

from sandbox.examplary.knowledge.bank import (
    Bank,
    Claim,
    Drawing,
    Event,
    Fact,
    Gaps,
    Open,
    Order,
    Pairs,
    Product,
    Several,
    Source,
)

# fmt: off
EN = Bank(
    facts=(
        Fact(1, "Which organ pumps blood through the body?", "heart", ("lung", "liver", "stomach", "kidney")),
        Fact(1, "Which part of a plant takes up water from the soil?", "roots", ("flower", "leaves", "seeds", "fruit")),
        Fact(1, "What do we call an animal that eats only plants?", "herbivore",
             ("carnivore", "omnivore", "parasite", "scavenger")),
        Fact(2, "In which part of a plant cell does photosynthesis take place?", "chloroplast",
             ("nucleus", "mitochondrion", "vacuole", "cell wall")),
        Fact(2, "Which molecule carries the genetic information of a cell?", "DNA",
             ("glucose", "starch", "haemoglobin", "insulin")),
        Fact(2, "Which blood cells carry oxygen?", "red blood cells",
             ("white blood cells", "platelets", "nerve cells", "egg cells")),
        Fact(3, "On which cell organelles are proteins made?", "ribosomes",
             ("lysosomes", "vacuoles", "centrioles", "peroxisomes")),
        Fact(3, "Which base pairs with adenine in DNA?", "thymine", ("guanine", "cytosine", "uracil", "ribose")),
        Fact(3, "What is the movement of water through a semi-permeable membrane called?", "osmosis",
             ("respiration", "mitosis", "digestion", "fermentation")),
    ),
    several=(
        Several("Which of these animals are mammals?", ("whale", "bat", "hedgehog"), ("shark", "penguin", "frog"), 1),
        Several("Which of these are found in plant cells but not in animal cells?",
                ("cell wall", "chloroplasts", "a large central vacuole"),
                ("cell membrane", "mitochondria", "ribosomes")),
    ),
    claims=(
        Claim(1, "A spider has eight legs.", True),
        Claim(1, "Mushrooms are plants.", False),
        Claim(2, "Arteries carry blood away from the heart.", True),
        Claim(2, "Antibiotics kill viruses.", False),
        Claim(3, "Meiosis produces cells with half the number of chromosomes.", True),
        Claim(3, "Enzymes are used up in the reaction that they speed up.", False),
    ),
    gaps=(
        Gaps("Plants take in ___ from the air and give off ___ in the light.", ("carbon dioxide", "oxygen"), 1),
        Gaps("In photosynthesis water and CO<sub>2</sub> become the sugar ___ and the gas ___.", ("glucose", "oxygen")),
    ),
    pairs=(
        Pairs("Match each organ with its task.", {
            "heart": "pumps blood", "lung": "takes up oxygen", "kidney": "filters blood", "stomach": "digests food",
            "brain": "processes signals"}),
    ),
    orders=(
        Order("Put the levels of organisation in order.", "The smallest first.",
              ("cell", "tissue", "organ", "organ system", "organism")),
    ),
    events=(
        Event("Darwin publishes On the Origin of Species", 1859),
        Event("Watson and Crick publish the structure of DNA", 1953),
        Event("Fleming discovers penicillin", 1928),
        Event("Birth of Dolly, the first mammal cloned from an adult cell", 1996),
    ),
    drawings=(
        Drawing("Which drawing shows the shape of a coccus, a round bacterium?", "circle", ("rod", "wave")),
        Drawing("Which drawing shows the shape of a bacillus, a rod-shaped bacterium?", "rod", ("circle", "wave")),
    ),
    opens=(
        Open(1, "Explain why plants are important for animals.",
             "Plants make the oxygen that animals breathe and are the start of every food chain."),
        Open(2, "Explain why your heart beats faster when you run.",
             "Muscles at work need more oxygen and glucose; the heart pumps blood faster to bring them."),
        Open(3, "Explain how natural selection can make bacteria resistant to an antibiotic.",
             "By chance some bacteria are resistant. The antibiotic kills the others, so the resistant ones multiply "
             "and pass on their genes."),
    ),
    source=Source("How long mammals are pregnant (about)", ("animal", "days"),
                  (("mouse", 20), ("cat", 65), ("human", 280), ("elephant", 650))),
    product=Product("Calculate the size of the drawing.",
                    "<p>A cell is {a} µm wide. Drawn {b} times as large: how wide is it in the drawing? Use "
                    r"<inline-math>d = M \cdot w</inline-math>.</p>", "µm"),
)

NL = Bank(
    facts=(
        Fact(1, "Welk orgaan pompt het bloed door het lichaam?", "hart", ("long", "lever", "maag", "nier")),
        Fact(1, "Welk deel van een plant neemt water op uit de bodem?", "wortels",
             ("bloem", "bladeren", "zaden", "vrucht")),
        Fact(1, "Hoe noem je een dier dat alleen planten eet?", "planteneter",
             ("vleeseter", "alleseter", "parasiet", "aaseter")),
        Fact(2, "In welk deel van een plantencel vindt fotosynthese plaats?", "bladgroenkorrel",
             ("celkern", "mitochondrium", "vacuole", "celwand")),
        Fact(2, "Welk molecuul draagt de erfelijke informatie van een cel?", "DNA",
             ("glucose", "zetmeel", "hemoglobine", "insuline")),
        Fact(2, "Welke bloedcellen vervoeren zuurstof?", "rode bloedcellen",
             ("witte bloedcellen", "bloedplaatjes", "zenuwcellen", "eicellen")),
        Fact(3, "Aan welke organellen worden eiwitten gemaakt?", "ribosomen",
             ("lysosomen", "vacuolen", "centriolen", "peroxisomen")),
        Fact(3, "Met welke base vormt adenine een paar in DNA?", "thymine",
             ("guanine", "cytosine", "uracil", "ribose")),
        Fact(3, "Hoe heet de verplaatsing van water door een halfdoorlatend membraan?", "osmose",
             ("dissimilatie", "mitose", "vertering", "gisting")),
    ),
    several=(
        Several("Welke van deze dieren zijn zoogdieren?", ("walvis", "vleermuis", "egel"),
                ("haai", "pinguïn", "kikker"), 1),
        Several("Wat vind je wel in plantencellen, maar niet in dierlijke cellen?",
                ("celwand", "bladgroenkorrels", "één grote centrale vacuole"),
                ("celmembraan", "mitochondriën", "ribosomen")),
    ),
    claims=(
        Claim(1, "Een spin heeft acht poten.", True),
        Claim(1, "Paddenstoelen zijn planten.", False),
        Claim(2, "Slagaders voeren bloed van het hart af.", True),
        Claim(2, "Antibiotica doden virussen.", False),
        Claim(3, "Bij meiose ontstaan cellen met de helft van het aantal chromosomen.", True),
        Claim(3, "Enzymen worden verbruikt in de reactie die ze versnellen.", False),
    ),
    gaps=(
        Gaps("Planten nemen ___ op uit de lucht en geven in het licht ___ af.", ("koolstofdioxide", "zuurstof"), 1),
        Gaps("Bij fotosynthese ontstaan uit water en CO<sub>2</sub> de suiker ___ en het gas ___.",
             ("glucose", "zuurstof")),
    ),
    pairs=(
        Pairs("Verbind elk orgaan met zijn taak.", {
            "hart": "pompt bloed", "long": "neemt zuurstof op", "nier": "filtert bloed", "maag": "verteert voedsel",
            "hersenen": "verwerken prikkels"}),
    ),
    orders=(
        Order("Zet de organisatieniveaus in de juiste volgorde.", "Het kleinste eerst.",
              ("cel", "weefsel", "orgaan", "orgaanstelsel", "organisme")),
    ),
    events=(
        Event("Darwin publiceert Over het ontstaan van soorten", 1859),
        Event("Watson en Crick publiceren de structuur van DNA", 1953),
        Event("Fleming ontdekt penicilline", 1928),
        Event("Geboorte van Dolly, het eerste zoogdier gekloond uit een volwassen cel", 1996),
    ),
    drawings=(
        Drawing("Welke tekening toont de vorm van een kok, een bolvormige bacterie?", "circle", ("rod", "wave")),
        Drawing("Welke tekening toont de vorm van een bacil, een staafvormige bacterie?", "rod", ("circle", "wave")),
    ),
    opens=(
        Open(1, "Leg uit waarom planten belangrijk zijn voor dieren.",
             "Planten maken de zuurstof die dieren inademen en staan aan het begin van elke voedselketen."),
        Open(2, "Leg uit waarom je hart sneller klopt als je hardloopt.",
             "Werkende spieren hebben meer zuurstof en glucose nodig; het hart pompt sneller om die aan te voeren."),
        Open(3, "Leg uit hoe bacteriën door natuurlijke selectie resistent worden tegen een antibioticum.",
             "Sommige bacteriën zijn toevallig resistent. Het antibioticum doodt de andere, zodat de resistente zich "
             "vermeerderen en hun genen doorgeven."),
    ),
    source=Source("Hoe lang zoogdieren drachtig zijn (ongeveer)", ("dier", "dagen"),
                  (("muis", 20), ("kat", 65), ("mens", 280), ("olifant", 650))),
    product=Product("Bereken hoe groot de tekening is.",
                    "<p>Een cel is {a} µm breed en wordt {b} keer zo groot getekend. Hoe breed is de tekening? Gebruik "
                    r"<inline-math>d = M \cdot b</inline-math>.</p>", "µm"),
)
# fmt: on
