"""Names of invented firms. Every e-mail domain ends in ``.example``, which can never receive mail."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from touchpoints.demo.dice import Dice

_STEMS: dict[str, str] = {
    "british": (
        "Alder & Quill,Brightwater,Corvid,Dunmore,Eastgate,Fennel & Rye,Harrow,Ionline,Juniper,Kestrel,Larkfield,"
        "Mossbank,Netherby,Oakhollow,Pennine Cross,Quayside,Ravensworth,Saltmarsh,Thornbury Lane,Underhill,"
        "Vellacott,Wexcombe,Yarrowdale,Aldermoor,Birchfell,Cobblegate,Drummond & Fay,Elmsworthy,Foxglove,"
        "Greyfriars Row,Heronsgate,Inchmore,Kittiwake,Lindisfold,Marlpit,Northolme,Orchard & Vane,Pellworth,"
        "Ruddock,Stonecrop,Tarnside,Wrenhurst,Ashlar,Bramblewick,Copperbeech,Dovecote,Fernlea,"
        "Gorsehill,Hazelmere Point,Kingsferry"
    ),
    "american": (
        "Blue Heron,Cedar Fork,Three Rivers,Lakemont,Prairie Star,Ironwood,Harbor & Pine,Redstone,Summit Creek,"
        "Whitetail,Copper Basin,Fairhaven,Millbrook,Cascade Point,Old Mill,Sycamore,Wolf River,Bay State,Tidewater,"
        "Lone Elm"
    ),
    "german": "Harlacher,Nordwind,Tannenhof,Rheingold,Eichholz,Süderland,Bergmoser,Weidlich,Kranichfeld,Lindenthal,"
    "Moorkamp,Falkenried,Hohenau,Grünwald,Steinbrück,Auerswald,Birkenfeld",
    "french": "Delacourt,Bellerive,Montclair,Saint-Aubin,Fontvieille,Clairval,Beauséjour,Hautepierre,Valmont,"
    "Rivegauche,Champfleury,Marsanne,Boisjoli,Grandpré",
    "spanish": "Hermanos Quiroga,Valdehierro,Montealto,Río Claro,La Encina,Peñablanca,Costa Norte,Villaverde,Almazara,"
    "Sierra Parda,Tres Torres,Olmedillo",
    "italian": "Fratelli Bruni,Valserena,Montefiore,Casa Righi,Adriatica,Borgo Nuovo,Pietralba,San Rocco,Acquaviva,"
    "Lagorosso",
    "dutch": "Van der Wiel,Waterland,De Gouden Haan,Noordzee,Zilverberg,Veldhuis,Polderlicht,Oosterveen",
    "nordic": "Fjellheim,Sjöberga,Nordlys,Havørn,Björkö,Skogsro,Kaldvik,Vestergård,Järvinen",
    "polish": "Złoty Kłos,Wisłoka,Bukowina,Morava,Jasna Polana,Bałtyk,Zielone Wzgórze,Beskid",
    "portuguese": "Serra Branca,Foz do Lima,Casa Antunes,Atlântica,Monte Velho,Ribeira Nova",
}

_TRADES: dict[str, dict[str, str]] = {
    "british": {
        "logistics": "{} Logistics|{} Freight|{} Haulage",
        "food": "{} Foods|{} Bakeries|{} Dairy",
        "hospitality": "{} Hospitality|{} Hotels|{} Inns",
        "health": "{} Clinics|{} Health|{} Dental Group",
        "energy": "{} Energy|{} Power|{} Utilities",
        "textiles": "{} Textiles|{} Woollens|{} Mills",
        "insurance": "{} Insurance|{} Mutual|{} Underwriting",
        "media": "{} Media|{} Press|{} Broadcasting",
        "construction": "{} Construction|{} Builders|{} Civil Works",
        "retail": "{} Stores|{} Retail Group|{} Outfitters",
        "education": "{} College|{} Learning Trust|{} Language Schools",
        "manufacturing": "{} Engineering|{} Castings|{} Instruments",
        "finance": "{} Wealth|{} Building Society|{} Payments",
        "agriculture": "{} Farms|{} Growers|{} Grain",
    },
    "german": {
        "logistics": "Spedition {} GmbH|{} Logistik AG",
        "food": "{} Feinkost GmbH|Bäckerei {}",
        "health": "{} Kliniken|MVZ {}",
        "energy": "Stadtwerke {}|{} Energie AG",
        "construction": "{} Bau GmbH|Hochbau {}",
        "manufacturing": "{} Maschinenbau GmbH|{} Werkzeuge KG",
        "insurance": "{} Versicherung AG",
        "retail": "{} Handels GmbH|Kaufhaus {}",
        "hospitality": "Hotel {}",
    },
    "french": {
        "logistics": "Transports {}|{} Logistique",
        "food": "Maison {}|Laiterie {}",
        "hospitality": "Hôtels {}",
        "textiles": "Tissages {}|Ateliers {}",
        "media": "Éditions {}",
        "retail": "{} Distribution",
        "agriculture": "Coopérative {}|Domaines {}",
        "health": "Clinique {}",
    },
    "spanish": {
        "logistics": "Transportes {} S.L.",
        "food": "Conservas {}|Panadería {}",
        "hospitality": "Hoteles {}",
        "energy": "{} Energía",
        "construction": "Construcciones {} S.A.",
        "agriculture": "Cooperativa {}|Aceites {}",
        "retail": "Almacenes {}",
    },
    "italian": {
        "food": "Pastificio {}|Caseificio {}",
        "textiles": "Tessitura {}",
        "manufacturing": "Officine {} S.p.A.",
        "hospitality": "Alberghi {}",
        "logistics": "Autotrasporti {} S.r.l.",
    },
    "dutch": {
        "logistics": "{} Transport B.V.",
        "agriculture": "Kwekerij {}",
        "finance": "{} Vermogensbeheer",
        "retail": "{} Winkels",
        "construction": "Bouwbedrijf {}",
    },
    "nordic": {
        "energy": "{} Energi AS",
        "food": "{} Seafood AS",
        "manufacturing": "{} Verkstad AB",
        "media": "{} Forlag",
        "education": "{} Folkehøgskole",
    },
    "polish": {
        "logistics": "{} Transport Sp. z o.o.",
        "food": "Piekarnia {}",
        "manufacturing": "Zakłady {} S.A.",
        "retail": "{} Market",
    },
    "portuguese": {
        "food": "Conservas {}",
        "hospitality": "Hotéis {}",
        "textiles": "Têxteis {}",
        "agriculture": "Quinta {}",
    },
}
_TRADES["american"] = _TRADES["british"]


@dataclass(frozen=True, slots=True)
class Firm:
    """A client firm before anything happened: ``domain`` without the ``.example``."""

    name: str
    culture: str
    industry: str
    domain: str


LONG_NAME = "Vereinigte Hanseatische Kühllogistik- und Lagerhaus-Ges. mbH"
"""60 characters: the name that breaks narrow columns."""

WRITTEN_FIRMS = (
    Firm(LONG_NAME, "german", "logistics", "vhkl"),
    Firm("株式会社みなと運輸", "japanese", "logistics", "minato-unyu"),
    Firm("青葉食品株式会社", "japanese", "food", "aoba-shokuhin"),
    Firm("北陸精密工業株式会社", "japanese", "manufacturing", "hokuriku-seimitsu"),
    Firm("ひまわり保険サービス", "japanese", "insurance", "himawari-hoken"),
    Firm("瀬戸内リゾート", "japanese", "hospitality", "setouchi-resort"),
    Firm("شركة النخيل للنقل", "arabic", "logistics", "nakheel-transport"),
    Firm("مجموعة الواحة الغذائية", "arabic", "food", "waha-foods"),
    Firm("مستشفى الأرز", "arabic", "health", "arz-hospital"),
    Firm("دار القلم للنشر", "arabic", "media", "qalam-press"),
    Firm("Ελαιώνες Λάμπρου", "greek", "agriculture", "lamprou-olives"),
    Firm("Ναυτιλιακή Αιγαίου", "greek", "logistics", "aegean-lines"),
    Firm("Ξενοδοχεία Βασιλείου", "greek", "hospitality", "vasileiou-hotels"),
    Firm("Карпатська Пекарня", "cyrillic", "food", "karpatska-pekarnia"),
    Firm("Дніпро Енерго", "cyrillic", "energy", "dnipro-energo"),
    Firm("Розова Долина Текстил", "cyrillic", "textiles", "rozova-dolina"),
    Firm("Чорномор Логістика", "cyrillic", "logistics", "chornomor-log"),
    Firm("מעבדות כרמל", "hebrew", "health", "carmel-labs"),
    Firm("גליל בנייה ופיתוח", "hebrew", "construction", "galil-build"),
    Firm("הוצאת שקד", "hebrew", "media", "shaked-books"),
)

_CULTURE_WEIGHTS = {
    "british": 84,
    "american": 30,
    "german": 28,
    "french": 20,
    "spanish": 16,
    "italian": 12,
    "dutch": 10,
    "nordic": 10,
    "polish": 8,
    "portuguese": 6,
}

_UNFOLDED = str.maketrans({"ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "ı": "i", "Ł": "L", "Ø": "O", "đ": "d"})


def ascii_slug(text: str, separator: str = "-") -> str:
    """Lower-case ASCII words joined by ``separator``: ``Fennel & Rye`` -> ``fennel-rye``."""
    folded = unicodedata.normalize("NFKD", text.translate(_UNFOLDED)).encode("ascii", "ignore").decode()
    return separator.join(re.findall(r"[a-z0-9]+", folded.lower()))


def invent_firms(count: int, dice: Dice, *, taken: tuple[Firm, ...]) -> list[Firm]:
    """``count`` further firms with names and domains unlike each other and unlike ``taken``."""
    names, domains = {firm.name for firm in taken}, {firm.domain for firm in taken}
    # A stem serves at most two firms, in different trades, as names do in a real country.
    stems = {culture: text.split(",") * 2 for culture, text in _STEMS.items()}
    used_stems = {firm.name for firm in taken} | {firm.name.rsplit(" ", 1)[0] for firm in taken}
    firms: list[Firm] = []
    cultures, weights = list(_CULTURE_WEIGHTS), list(_CULTURE_WEIGHTS.values())
    while len(firms) < count:
        if not any(stems.values()):
            raise ValueError(f"count: no names left after {len(firms)} firms; add stems to names._STEMS")
        culture = dice.weighted(cultures, weights)
        if not stems[culture]:
            continue
        stem = dice.pick(stems[culture])
        industry = dice.pick(list(_TRADES[culture]))
        name = dice.pick(_TRADES[culture][industry].split("|")).format(stem)
        domain = ascii_slug(re.sub(r"\b(GmbH|AG|KG|AS|AB|S\.[LAr.p]+|B\.V\.|Sp\. z o\.o\.)", "", name))
        if stem in used_stems or name in names or domain in domains:
            stems[culture].remove(stem)
            continue
        stems[culture].remove(stem)
        names.add(name)
        domains.add(domain)
        firms.append(Firm(name, culture, industry, domain))
    return firms
