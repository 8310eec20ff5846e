"""Economics."""

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
        Fact(1, "What is the money called that you pay for using a house that is not yours?", "rent",
             ("tax", "wage", "interest", "profit")),
        Fact(1, "What do we call the plan of what you will earn and spend?", "budget",
             ("receipt", "loan", "discount", "invoice")),
        Fact(1, "What is it called when you keep money for later?", "saving",
             ("spending", "lending", "buying", "paying")),
        Fact(2, "What is a general rise of prices called?", "inflation",
             ("deflation", "recession", "subsidy", "depreciation")),
        Fact(2, "What is a market with only one seller called?", "monopoly",
             ("oligopoly", "auction", "cartel", "perfect competition")),
        Fact(2, "What remains when you subtract costs from revenue?", "profit", ("turnover", "tax", "capital", "wage")),
        Fact(3, "Who wrote The Wealth of Nations?", "Adam Smith",
             ("Karl Marx", "John Maynard Keynes", "David Ricardo", "Milton Friedman")),
        Fact(3, "What is the value of the best alternative that you give up called?", "opportunity cost",
             ("fixed cost", "marginal cost", "sunk cost", "average cost")),
        Fact(3, "Which institution sets the key interest rates of the euro?", "European Central Bank",
             ("World Bank", "European Commission", "European Parliament", "Eurostat")),
    ),
    several=(
        Several("Which of these are services?", ("haircut", "bus ride", "piano lesson"),
                ("bread", "bicycle", "shoes"), 1),
        Several("Which of these are factors of production?", ("labour", "capital", "land"),
                ("inflation", "demand", "tax")),
    ),
    claims=(
        Claim(1, "Whoever borrows money usually pays interest.", True),
        Claim(1, "A discount makes a product more expensive.", False),
        Claim(2, "When the price of a good falls, buyers usually want more of it.", True),
        Claim(2, "Export means buying goods from abroad.", False),
        Claim(3, "Demand is price elastic when a small change in price changes the quantity proportionally "
                 "more.", True),
        Claim(3, "A progressive tax takes the same percentage of every income.", False),
    ),
    gaps=(
        Gaps("Who works for a company earns a ___; who saves at a bank may receive ___.", ("wage", "interest"), 1),
        Gaps("At the equilibrium price the quantity ___ by buyers equals the quantity ___ by sellers.",
             ("demanded", "supplied")),
    ),
    pairs=(
        Pairs("Match each country with its currency.", {
            "Japan": "yen", "United Kingdom": "pound", "Switzerland": "franc", "India": "rupee", "Poland": "złoty"}),
    ),
    orders=(
        Order("Put the chain of production of bread in order.", "The start first.",
              ("farmer", "miller", "bakery", "shop", "consumer")),
    ),
    events=(
        Event("Adam Smith publishes The Wealth of Nations", 1776),
        Event("Crash of the New York stock exchange on Black Tuesday", 1929),
        Event("First euro coins and notes in use", 2002),
        Event("Bankruptcy of Lehman Brothers", 2008),
    ),
    drawings=(
        Drawing("In which graph can the line be an ordinary demand curve?", "falling", ("rising", "level")),
        Drawing("In which graph can the line be an ordinary supply curve?", "rising", ("falling", "level")),
    ),
    opens=(
        Open(1, "Explain why people use money instead of exchanging goods.",
             "With money you need not find somebody who has what you want and wants what you have."),
        Open(2, "Explain what happens to the price of strawberries after a bad harvest.",
             "Supply falls while demand stays the same. There is a shortage, so the price rises."),
        Open(3, "Explain how a central bank can slow down inflation.",
             "It raises interest rates. Borrowing becomes dearer and saving more attractive, so spending falls."),
    ),
    source=Source("100 euros at 5% interest a year", ("years", "euros"),
                  (("0", 100), ("10", 162.89), ("20", 265.33), ("30", 432.19))),
    product=Product("Calculate the revenue.",
                    "<p>A shop sells {b} books for {a} euros each. What is its revenue? Use "
                    r"<inline-math>R = p \cdot q</inline-math>.</p>", "euros"),
)

NL = Bank(
    facts=(
        Fact(1, "Hoe heet het geld dat je betaalt voor een huis dat niet van jou is?", "huur",
             ("belasting", "loon", "rente", "winst")),
        Fact(1, "Hoe heet een plan van wat je gaat verdienen en uitgeven?", "begroting",
             ("kassabon", "lening", "korting", "factuur")),
        Fact(1, "Hoe heet het als je geld bewaart voor later?", "sparen", ("uitgeven", "uitlenen", "kopen", "betalen")),
        Fact(2, "Hoe heet een algemene stijging van de prijzen?", "inflatie",
             ("deflatie", "recessie", "subsidie", "afschrijving")),
        Fact(2, "Hoe heet een markt met maar één aanbieder?", "monopolie",
             ("oligopolie", "veiling", "kartel", "volkomen concurrentie")),
        Fact(2, "Wat houd je over als je de kosten van de omzet aftrekt?", "winst",
             ("afzet", "belasting", "kapitaal", "loon")),
        Fact(3, "Wie schreef The Wealth of Nations?", "Adam Smith",
             ("Karl Marx", "John Maynard Keynes", "David Ricardo", "Milton Friedman")),
        Fact(3, "Hoe heet de waarde van het beste alternatief dat je opgeeft?", "alternatieve kosten",
             ("vaste kosten", "marginale kosten", "verzonken kosten", "gemiddelde kosten")),
        Fact(3, "Welke instelling bepaalt de beleidsrente van de euro?", "Europese Centrale Bank",
             ("Wereldbank", "Europese Commissie", "Europees Parlement", "Eurostat")),
    ),
    several=(
        Several("Welke van deze zijn diensten?", ("knipbeurt", "busrit", "pianoles"), ("brood", "fiets", "schoenen"),
                1),
        Several("Welke van deze zijn productiefactoren?", ("arbeid", "kapitaal", "natuur"),
                ("inflatie", "vraag", "belasting")),
    ),
    claims=(
        Claim(1, "Wie geld leent, betaalt meestal rente.", True),
        Claim(1, "Door korting wordt een product duurder.", False),
        Claim(2, "Als de prijs van een goed daalt, willen kopers er meestal meer van.", True),
        Claim(2, "Export is het kopen van goederen uit het buitenland.", False),
        Claim(3, "De vraag is prijselastisch als een kleine prijsverandering de hoeveelheid naar verhouding meer "
                 "verandert.", True),
        Claim(3, "Bij een progressieve belasting betaalt elk inkomen hetzelfde percentage.", False),
    ),
    gaps=(
        Gaps("Wie bij een bedrijf werkt, verdient ___; wie bij een bank spaart, kan ___ krijgen.", ("loon", "rente"),
             1),
        Gaps("Bij de evenwichtsprijs is de door kopers ___ hoeveelheid de door verkopers ___ hoeveelheid.",
             ("gevraagde", "aangeboden")),
    ),
    pairs=(
        Pairs("Verbind elk land met zijn munt.", {
            "Japan": "yen", "Verenigd Koninkrijk": "pond", "Zwitserland": "frank", "India": "roepie",
            "Polen": "złoty"}),
    ),
    orders=(
        Order("Zet de bedrijfskolom van brood op volgorde.", "Het begin eerst.",
              ("boer", "molenaar", "bakkerij", "winkel", "consument")),
    ),
    events=(
        Event("Adam Smith publiceert The Wealth of Nations", 1776),
        Event("Beurskrach van New York op Zwarte Dinsdag", 1929),
        Event("Eerste euromunten en -biljetten in gebruik", 2002),
        Event("Faillissement van Lehman Brothers", 2008),
    ),
    drawings=(
        Drawing("In welke grafiek kan de lijn een gewone vraaglijn zijn?", "falling", ("rising", "level")),
        Drawing("In welke grafiek kan de lijn een gewone aanbodlijn zijn?", "rising", ("falling", "level")),
    ),
    opens=(
        Open(1, "Leg uit waarom mensen geld gebruiken in plaats van goederen te ruilen.",
             "Met geld hoef je niemand te zoeken die heeft wat jij wilt en wil wat jij hebt."),
        Open(2, "Leg uit wat er na een slechte oogst met de prijs van aardbeien gebeurt.",
             "Het aanbod daalt en de vraag blijft gelijk. Er ontstaat een tekort, dus de prijs stijgt."),
        Open(3, "Leg uit hoe een centrale bank de inflatie kan afremmen.",
             "Ze verhoogt de rente. Lenen wordt duurder en sparen aantrekkelijker, dus de bestedingen dalen."),
    ),
    source=Source("100 euro tegen 5% rente per jaar", ("jaren", "euro"),
                  (("0", 100), ("10", 162.89), ("20", 265.33), ("30", 432.19))),
    product=Product("Bereken de omzet.",
                    "<p>Een winkel verkoopt {b} boeken voor {a} euro per stuk. Wat is de omzet? Gebruik "
                    r"<inline-math>O = p \cdot q</inline-math>.</p>", "euro"),
)
# fmt: on
