"""The fields a table may fill, per kind of import, with the header words that people and programs give them.

Synonyms are English, German, French, Spanish and Dutch; they are compared folded (see `words.fold`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    ACCOUNTS = "accounts"
    CONTACTS = "contacts"
    TOUCHPOINTS = "touchpoints"


class Shape(StrEnum):
    """What the cells of a field look like; guessing checks a column's cells against it."""

    TEXT = "text"
    MOMENT = "moment"
    DAY = "day"
    TIME = "time"
    EMAIL = "email"
    CHANNEL = "channel"
    DIRECTION = "direction"
    OUTCOME = "outcome"
    FLAG = "flag"
    MONEY = "money"
    CADENCE = "cadence"
    STATUS = "status"
    LEVEL = "level"
    DOMAIN = "domain"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a column may hold: `synonyms` parted by commas, `label` and `hint` for the person who maps."""

    name: str
    label: str
    shape: Shape
    synonyms: str
    hint: str = ""


TOUCHPOINT_FIELDS = (
    Field(
        "account",
        "Account",
        Shape.TEXT,
        "account, account id, account number, account no, account ref, account external id, customer,"
        " customer id, customer number, customer no, client, client id, client number, company id,"
        " organization id, organisation id, konto, kunde, kunden id, kundennummer, kundennr, kunden nr,"
        " debitor, debitorennummer, mandant, compte, id compte, client id, numero client, no client, code"
        " client, cliente, id cliente, cuenta, numero de cliente, codigo cliente, klant, klantnummer, klant"
        " id, relatie, relatienummer, accountnummer, acct, acct id, account code",
        "External id or name of the client; an e-mail address or a domain works too.",
    ),
    Field(
        "account_name",
        "Account name",
        Shape.TEXT,
        "account name, customer name, client name, company, company name, organization, organisation,"
        " organization name, organisation name, firm, firma, firmenname, kundenname, unternehmen, nom client,"
        " nom du client, nom du compte, societe, entreprise, raison sociale, empresa, nombre cliente, nombre"
        " del cliente, razon social, klantnaam, bedrijf, bedrijfsnaam, organisatie, related to, regarding",
        "Name of the client, beside or instead of the id.",
    ),
    Field(
        "at",
        "When",
        Shape.MOMENT,
        "at, date, datetime, date time, timestamp, occurred at, occurred on, when, time stamp, activity date,"
        " call date, sent at, sent, sent on, date sent, received at, received on, start, start time, start"
        " date, started at, created at, created on, created, created date, completed at, completed date, due"
        " date, event date, event time, day, datum, datum uhrzeit, zeitpunkt, zeitstempel, tag, gesendet am,"
        " gesendet, beginn, erstellt am, am, date et heure, date heure, horodatage, jour, envoye le, debut,"
        " fecha, fecha y hora, fecha hora, dia, enviado el, inicio, tijdstip, datum tijd, verzonden op, dag,"
        " aangemaakt op, invoice date,"
        " order date, purchase date, time, uhrzeit, zeit, heure, hora, tijd, call time",
        "Date and time; or only the date, with the time in its own column.",
    ),
    Field(
        "time",
        "Time of day",
        Shape.TIME,
        "time, time of day, hour, clock, uhrzeit, zeit, heure, hora, tijd, call time",
        "Only where the date column has no time.",
    ),
    Field(
        "channel",
        "Channel",
        Shape.CHANNEL,
        "channel, type, activity type, interaction type, touch type, touchpoint type, medium, kind, event"
        " type, task type, kanal, art, typ, aktivitatstyp, aktivitat, kontaktart, canal, type d activite,"
        " tipo, tipo de actividad, medio, kanaal, soort, activiteit, activity, mode, task subtype",
    ),
    Field(
        "direction",
        "Direction",
        Shape.DIRECTION,
        "direction, in out, inbound outbound, inout, richtung, sens, sens de l appel, direccion, sentido,"
        " richting, call direction, call type, anruftyp, flow, folder, ordner, dossier",
    ),
    Field(
        "outcome",
        "Outcome",
        Shape.OUTCOME,
        "outcome, result, call result, call outcome, disposition, call disposition, status, call status,"
        " state, ergebnis, resultat, anrufergebnis, statut, resultado, estado, uitkomst, resultaat, email"
        " status, delivery status",
    ),
    Field(
        "contact",
        "Contact",
        Shape.TEXT,
        "contact, contact name, contact email, contact e mail, contact person, person, name, email, e mail,"
        " mail, email address, e mail address, attendees, participants, kontakt, ansprechpartner,"
        " kontaktperson, teilnehmer, e mail adresse, personne, interlocuteur, participants, courriel, adresse"
        " e mail, contacto, persona, correo, correo electronico, asistentes, contactpersoon, deelnemers, e"
        " mailadres, contacts",
        "E-mail addresses or names of the people at the client.",
    ),
    Field(
        "from",
        "From",
        Shape.EMAIL,
        "from, from email, from address, sender, sender email, von, absender, de, expediteur, remitente,"
        " afzender, van, from e mail, organizer, caller",
        "Sender; with your own domains it tells the direction.",
    ),
    Field(
        "to",
        "To",
        Shape.EMAIL,
        "to, to email, to address, recipient, recipients, recipient email, an, empfanger, a, destinataire,"
        " destinataires, para, destinatario, destinatarios, aan, ontvanger, ontvangers, to e mail, cc, callee",
        "Recipients.",
    ),
    Field(
        "our_person",
        "Our person",
        Shape.TEXT,
        "our person, owner, user, agent, assigned to, assignee, account manager, rep, sales rep, employee,"
        " colleague, user email, owner email, agent email, logged by, created by, activity owner, mitarbeiter,"
        " bearbeiter, betreuer, zustandig, benutzer, utilisateur, charge de compte, responsable, commercial,"
        " usuario, propietario, agente, comercial, gebruiker, medewerker, eigenaar, accountmanager, our people",
        "Who on our side took part; e-mail addresses or names.",
    ),
    Field(
        "subject",
        "Subject",
        Shape.TEXT,
        "subject, title, topic, headline, betreff, titel, thema, objet, sujet, titre, asunto, titulo, tema,"
        " onderwerp, activity subject, event name, meeting name",
    ),
    Field(
        "body",
        "Text",
        Shape.TEXT,
        "body, text, notes, note, description, comment, comments, content, details, summary, message, message"
        " text, notiz, notizen, beschreibung, kommentar, inhalt, bemerkung, texte, commentaire, commentaires,"
        " contenu, remarques, texto, nota, notas, descripcion, comentario, comentarios, tekst, notitie,"
        " notities, omschrijving, opmerkingen",
    ),
    Field(
        "external_id",
        "Id of the touch",
        Shape.TEXT,
        "external id, id, activity id, message id, call id, event id, ticket id, record id, uid, uuid, guid,"
        " task id, touch id, touchpoint id, interaction id, external reference, nummer, identifiant,"
        " identificador, kenmerk, ticket number, case number",
        "Makes a second import of the same touch recognisable; made from the row where there is none.",
    ),
    Field(
        "automated",
        "Sent by a machine",
        Shape.FLAG,
        "automated, is automated, automatic, auto, bot, is bot, campaign, automatisch, automatisiert,"
        " automatique, automatico, geautomatiseerd, bulk, is bulk, mass email",
        "Yes for newsletters, out-of-office replies and the like, which are kept but do not count.",
    ),
)

ACCOUNT_FIELDS = (
    Field(
        "external_id",
        "External id",
        Shape.TEXT,
        "external id, id, account id, account number, account no, account, account code, customer id,"
        " customer number, customer no, client id, client number, company id, crm id, record id, acct id,"
        " kundennummer, kundennr, kunden nr, kunden id, debitorennummer, numero client, id client, code"
        " client, id cliente, numero de cliente, codigo cliente, klantnummer, klant id, relatienummer,"
        " accountnummer, organization id, organisation id",
        "The client's number in your CRM; imports match on it.",
    ),
    Field(
        "name",
        "Name",
        Shape.TEXT,
        "name, account name, company, company name, customer, customer name, client, client name,"
        " organization, organisation, organization name, firm, firma, firmenname, kunde, kundenname,"
        " unternehmen, nom, nom du client, societe, entreprise, raison sociale, nombre, empresa, cliente,"
        " razon social, naam, bedrijf, bedrijfsnaam, klant, klantnaam, legal name",
    ),
    Field(
        "owner_email",
        "Account manager",
        Shape.TEXT,
        "owner email, owner, account manager, account manager email, account owner, manager, manager email,"
        " csm, rep, sales rep, responsible, assigned to, betreuer, kundenbetreuer, zustandig, verantwortlich,"
        " charge de compte, responsable, gestionnaire, propietario, gestor, accountmanager, eigenaar, owner e"
        " mail, email",
        "E-mail address of the colleague who looks after the account.",
    ),
    Field(
        "team",
        "Team",
        Shape.TEXT,
        "team, group, team name, region, department, abteilung, gruppe, equipe, equipo, afdeling",
    ),
    Field(
        "segment",
        "Segment",
        Shape.TEXT,
        "segment, tier, class, category, customer segment, size, plan, kategorie, klasse, categorie,"
        " categoria, segmento, kundensegment, abc",
    ),
    Field(
        "arr",
        "Value per year (ARR)",
        Shape.MONEY,
        "arr, annual recurring revenue, annual value, value, revenue, annual revenue, contract value, acv,"
        " amount, mrr x 12, jahresumsatz, umsatz, wert, vertragswert, jahreswert, chiffre d affaires, ca"
        " annuel, valeur, montant, valor, ingresos, ingresos anuales, facturacion, importe, omzet, jaaromzet,"
        " waarde, contractwaarde",
    ),
    Field(
        "renewal_on",
        "Renewal",
        Shape.DAY,
        "renewal on, renewal, renewal date, renews on, contract end, contract end date, end date, expiry,"
        " expiry date, expires on, verlangerung, vertragsende, ablaufdatum, verlangerungsdatum,"
        " renouvellement, date de renouvellement, fin de contrat, echeance, renovacion, fecha de renovacion,"
        " vencimiento, fin de contrato, verlenging, verlengdatum, verlengingsdatum, einddatum, contracteinde",
    ),
    Field(
        "started_on",
        "Client since",
        Shape.DAY,
        "started on, start, start date, since, client since, customer since, contract start, contract start"
        " date, created, created at, created date, onboarded on, signed on, kunde seit, vertragsbeginn,"
        " beginn, startdatum, client depuis, debut, date de debut, debut de contrat, cliente desde, inicio,"
        " fecha de inicio, klant sinds, contractbegin",
    ),
    Field(
        "status",
        "Status",
        Shape.STATUS,
        "status, state, account status, customer status, active, is active, aktiv, statut, actif, estado,"
        " activo, actief",
    ),
    Field(
        "agreed_cadence_days",
        "Agreed cadence",
        Shape.CADENCE,
        "agreed cadence days, agreed cadence, cadence, cadence days, contact frequency, touch frequency,"
        " frequency, call frequency, rhythm, kontaktfrequenz, rhythmus, frequenz, turnus, frequence, rythme,"
        " frecuencia, ritmo, frequentie, ritme, contactfrequentie",
        "Days between contacts as promised; words such as weekly or quarterly work too.",
    ),
    Field(
        "domains",
        "E-mail domains",
        Shape.DOMAIN,
        "domains, domain, email domain, email domains, e mail domain, website, web site, web, url, homepage,"
        " webseite, internetseite, domane, domaine, domaines, site web, dominio, dominios, sitio web, pagina"
        " web, domein, domeinen",
        "Mail to and from these belongs to the account.",
    ),
)

CONTACT_FIELDS = (
    Field(
        "account",
        "Account",
        Shape.TEXT,
        "account, account id, account name, account number, customer, customer id, customer name, client,"
        " client id, client name, company, company name, company id, organization, organisation, organization"
        " name, firm, firma, kunde, kundennummer, kunden nr, unternehmen, compte, societe, entreprise, cuenta,"
        " empresa, cliente, klant, klantnummer, bedrijf, bedrijfsnaam, associated company",
        "External id or name of the client; without it the e-mail domain decides.",
    ),
    Field(
        "name",
        "Name",
        Shape.TEXT,
        "name, full name, contact name, contact, person, contact person, display name, kontakt,"
        " ansprechpartner, vollstandiger name, nom complet, contacto, nombre completo, naam, volledige naam,"
        " contactpersoon",
    ),
    Field(
        "first_name",
        "First name",
        Shape.TEXT,
        "first name, firstname, given name, forename, vorname, prenom, nombre, voornaam",
    ),
    Field(
        "last_name",
        "Last name",
        Shape.TEXT,
        "last name, lastname, surname, family name, nachname, familienname, nom, nom de famille, apellido,"
        " apellidos, achternaam",
    ),
    Field(
        "email",
        "E-mail",
        Shape.EMAIL,
        "email, e mail, mail, email address, e mail address, contact email, work email, business email,"
        " primary email, e mail adresse, mailadresse, courriel, adresse e mail, adresse mail, correo, correo"
        " electronico, e mailadres, emailadres",
    ),
    Field(
        "title",
        "Title",
        Shape.TEXT,
        "title, job title, role, position, function, jobtitle, titel, funktion, berufsbezeichnung, stelle,"
        " fonction, poste, titre, cargo, puesto, titulo, functie, functietitel",
    ),
    Field(
        "level",
        "Level",
        Shape.LEVEL,
        "level, seniority, management level, contact level, hierarchy, ebene, hierarchie, stufe,"
        " hierarchiestufe, niveau, nivel, jerarquia",
        "Analyst, manager, director or executive.",
    ),
    Field(
        "external_id",
        "Id of the contact",
        Shape.TEXT,
        "external id, id, contact id, record id, person id, kontakt id, uid, uuid, id contact, id contacto,"
        " identifiant, identificador",
    ),
    Field(
        "left_on",
        "Left on",
        Shape.DAY,
        "left on, left, leave date, departure, departed on, inactive since, end date, ausgeschieden,"
        " ausgeschieden am, parti le, date de depart, salida, fecha de salida, vertrokken, vertrokken op, uit"
        " dienst",
        "When the person left the client.",
    ),
)

FIELDS: dict[Kind, tuple[Field, ...]] = {
    Kind.TOUCHPOINTS: TOUCHPOINT_FIELDS,
    Kind.ACCOUNTS: ACCOUNT_FIELDS,
    Kind.CONTACTS: CONTACT_FIELDS,
}

# Each tuple is a demand: at least one of its fields must be mapped.
REQUIRED: dict[Kind, tuple[tuple[str, ...], ...]] = {
    Kind.TOUCHPOINTS: (("account", "account_name", "contact", "from", "to"), ("at",)),
    Kind.ACCOUNTS: (("name", "external_id"),),
    Kind.CONTACTS: (("name", "first_name", "last_name", "email"), ("account", "email")),
}


def field_named(kind: Kind, name: str) -> Field:
    """The field `name` of `kind`; KeyError when there is none."""
    for field in FIELDS[kind]:
        if field.name == name:
            return field
    raise KeyError(name)


def missing_fields(kind: Kind, mapped: set[str]) -> list[str]:
    """What must still be mapped before a file of this kind can be read, in words."""
    return [
        " or ".join(field_named(kind, name).label for name in choice)
        for choice in REQUIRED[kind]
        if not mapped.intersection(choice)
    ]
