"""The words in which files name channels, directions, outcomes, levels and the like: data, folded once on import.

English, German, French, Spanish and Dutch, and what common CRM and telephone exports write.
"""

from __future__ import annotations

from touchpoints.parsers.words import fold, index_synonyms


def _split(words: str) -> list[str]:
    return [word.strip() for word in words.split(",")]


CHANNEL_WORDS = index_synonyms(
    {
        "call": _split(
            "call, calls, phone, phone call, telephone, telephone call, tel, voice, voice call, dial, cold"
            " call, callback, call back, missed call, voicemail, voice mail, left voicemail, anruf, telefon,"
            " telefonat, telefonanruf, ruckruf, mailbox, appel, appel telephonique, telephonique, llamada,"
            " llamada telefonica, telefono, gesprek, telefoongesprek, telefoon, belletje, gebeld"
        ),
        "visit": _split(
            "visit, site visit, on site, onsite, field visit, customer visit, client visit, in person, face"
            " to face, f2f, besuch, kundenbesuch, vor ort, visite, visite client, visita, bezoek, klantbezoek"
        ),
        "meeting": _split(
            "meeting, meetings, appointment, video call, video, video conference, videoconference, conference"
            " call, zoom, teams, teams meeting, google meet, meet, webex, demo, qbr, review, business review,"
            " workshop, lunch, besprechung, termin, sitzung, videokonferenz, treffen, reunion, rendez vous,"
            " rdv, visio, visioconference, cita, junta, videollamada, vergadering, afspraak, overleg,"
            " bespreking"
        ),
        "email": _split(
            "email, e mail, mail, emails, mails, newsletter, mailing, campaign email, mass email, bulk email,"
            " marketing email, auto reply, autoreply, out of office, courriel, mel, correo, correo"
            " electronico, e mailbericht, letter, brief, list email, outlook, gmail"
        ),
        "text": _split(
            "text, texts, text message, sms, mms, chat, live chat, message, messages, dm, direct message,"
            " whatsapp, slack, imessage, telegram, signal, messenger, teams chat, instant message, im,"
            " linkedin, linkedin message, nachricht, kurznachricht, message texte, texto, mensaje, mensaje de"
            " texto, bericht, tekstbericht"
        ),
        "ticket": _split(
            "ticket, tickets, support ticket, case, support case, support, helpdesk, issue, service request,"
            " request, complaint, incident, anfrage, storung, reklamation, beschwerde, demande, reclamation,"
            " incidencia, solicitud, melding, klacht, verzoek"
        ),
        "survey": _split(
            "survey, surveys, nps, csat, questionnaire, feedback, umfrage, befragung, enquete, sondage, encuesta"
        ),
        "event": _split(
            "event, events, webinar, conference, trade show, tradeshow, fair, training, veranstaltung, messe,"
            " schulung, evenement, salon, formation, evento, feria, formacion, evenement klant, beurs,"
            " purchase, order, transaction, invoice, login"
        ),
        "other": _split(
            "other, misc, miscellaneous, unknown, note, notes, task, to do, todo, activity, sonstiges,"
            " andere, anderes, aufgabe, notiz, autre, tache, otro, otra, tarea, nota, anders, overig, taak,"
            " fax, post"
        ),
    }
)

# A channel word that also tells that no person on the other side was meant to be reached by it alone.
AUTOMATED_WORDS = frozenset(
    fold(word)
    for word in _split(
        "newsletter, mailing, campaign email, mass email, bulk email, marketing email, auto reply, autoreply,"
        " out of office"
    )
)

DIRECTION_WORDS = index_synonyms(
    {
        "inbound": _split(
            "inbound, in, incoming, received, from client, from customer, client, customer, they, inbox, i,"
            " terminating, eingehend, eingehende, eingehender, eingang, empfangen, vom kunden, posteingang, ein,"
            " entrant, recu, recue, du client, boite de reception, entrante, recibido, recibida, del cliente, inkomend,"
            " binnenkomend, ontvangen, van klant"
        ),
        "outbound": _split(
            "outbound, out, outgoing, sent, to client, to customer, us, we, made, placed, o, originating,"
            " sent items, sent mail, outbox, ausgehend, ausgehende, ausgehender, ausgang, gesendet, an kunden,"
            " gesendete elemente, aus,"
            " sortant, envoye, envoyee, emis, au client, saliente, enviado, enviada, al cliente, uitgaand,"
            " verzonden, naar klant"
        ),
        "mutual": _split(
            "mutual, both, two way, twoway, 2 way, bidirectional, bi directional, internal and external,"
            " beide, beidseitig, gegenseitig, les deux, mutuel, bilateral, ambos, mutuo, wederzijds,"
            " tweezijdig"
        ),
        "unknown": _split(
            "unknown, n a, na, none, null, unbekannt, inconnu, desconocido, onbekend, undefined, not known"
        ),
    }
)

OUTCOME_WORDS = index_synonyms(
    {
        "": _split(
            "plain, sent, delivered, received, opened, read, clicked, replied, done, logged, ok, n a, na,"
            " none, null, other, open, new, closed, solved, resolved, pending, in progress, gesendet,"
            " zugestellt, erledigt, envoye, recu, enviado, recibido, verzonden, ontvangen, unknown, normal"
        ),
        "talked": _split(
            "talked, connected, answered, spoke, spoken, reached, completed, complete, held, successful,"
            " success, attended, took place, conversation, call completed, talk, connecte, gesprochen,"
            " erreicht, angenommen, stattgefunden, beantwortet, abgeschlossen, parle, joint, repondu,"
            " effectue, termine, tenu, hablado, contestada, contestado, respondida, atendida, completado,"
            " completada, realizado, realizada, gesproken, bereikt, voltooid, afgerond"
        ),
        "voicemail": _split(
            "voicemail, voice mail, left voicemail, left a voicemail, left message, left a message, left live"
            " message, vm, lvm, message left, answering machine, machine, mailbox, nachricht hinterlassen,"
            " anrufbeantworter, message laisse, messagerie, repondeur, buzon de voz, mensaje dejado,"
            " contestador, voicemail ingesproken"
        ),
        "no_answer": _split(
            "no answer, noanswer, not answered, unanswered, missed, missed call, busy, not reached,"
            " unreachable, no reply, no response, failed, attempted, attempt, no show, noshow, wrong number,"
            " rejected, declined, nicht erreicht, keine antwort, besetzt, verpasst, nicht erschienen, pas de"
            " reponse, sans reponse, manque, occupe, absent, injoignable, no contesta, sin respuesta, perdida,"
            " ocupado, comunica, no contestada, niet bereikt, geen antwoord, gemist, in gesprek, niet"
            " opgenomen"
        ),
        "bounced": _split(
            "bounced, bounce, hard bounce, soft bounce, undelivered, undeliverable, not delivered, delivery"
            " failed, returned, unzustellbar, nicht zugestellt, non delivre, rejete, rebotado, devuelto, no"
            " entregado, niet bezorgd, onbestelbaar"
        ),
        "cancelled": _split(
            "cancelled, canceled, cancelled meeting, called off, postponed, rescheduled, abgesagt, storniert,"
            " verschoben, ausgefallen, annule, annulee, reporte, cancelado, cancelada, anulado, aplazado,"
            " geannuleerd, afgezegd, uitgesteld"
        ),
    }
)

LEVEL_WORDS = index_synonyms(
    {
        "analyst": _split(
            "analyst, associate, specialist, staff, employee, individual contributor, ic, junior, senior,"
            " entry, operational, operations, user, sachbearbeiter, mitarbeiter, spezialist, analyste,"
            " employe, collaborateur, analista, empleado, analist, medewerker, 1"
        ),
        "manager": _split(
            "manager, team lead, lead, supervisor, head, middle, middle management, tactical, leiter,"
            " teamleiter, gruppenleiter, abteilungsleiter, responsable, chef, chef de service, gerente, jefe,"
            " encargado, hoofd, teamleider, 2"
        ),
        "director": _split(
            "director, vp, vice president, svp, evp, senior vice president, senior management, head of"
            " department, direktor, bereichsleiter, directeur, directrice, directora, 3"
        ),
        "executive": _split(
            "executive, c level, clevel, c suite, cxo, ceo, cfo, coo, cto, cio, cmo, chief, president, owner,"
            " founder, board, partner, managing director, exec, strategic, geschaftsfuhrer, geschaftsfuhrung,"
            " vorstand, inhaber, pdg, dirigeant, direction generale, ejecutivo, propietario, presidente,"
            " director general, directie, eigenaar, bestuurder, 4"
        ),
    }
)

STATUS_WORDS = index_synonyms(
    {
        "active": _split(
            "active, live, open, current, customer, client, yes, true, 1, y, running, onboarding, aktiv,"
            " laufend, kunde, ja, actif, active client, oui, vrai, activo, activa, si, actief, lopend, klant"
        ),
        "closed": _split(
            "closed, inactive, churned, lost, ended, former, former customer, terminated, cancelled,"
            " canceled, expired, no, false, 0, n, archived, inaktiv, gekundigt, verloren, beendet, ehemalig,"
            " nein, inactif, resilie, perdu, clos, ferme, termine, non, faux, inactivo, inactiva, cerrado,"
            " cerrada, perdido, baja, inactief, opgezegd, gesloten, beeindigd, nee, vervallen"
        ),
    }
)

TRUE_WORDS = frozenset(
    fold(word)
    for word in _split("true, yes, y, 1, t, x, on, ja, j, wahr, oui, o, vrai, si, s, verdadero, waar, automated, auto")
)
FALSE_WORDS = frozenset(
    [
        "",
        *(
            fold(word)
            for word in _split(
                "false, no, n, 0, f, off, nein, falsch, non, faux, falso, nee, onwaar, manual, human, null"
            )
        ),
    ]
)

_CADENCES = {
    1: "daily, every day, taglich, quotidien, diario, dagelijks",
    7: "weekly, every week, once a week, wochentlich, hebdomadaire, semanal, wekelijks",
    14: "fortnightly, biweekly, bi weekly, every two weeks, every other week, vierzehntagig, zweiwochentlich,"
    " bimensuel, quincenal, tweewekelijks, om de week",
    30: "monthly, every month, once a month, monatlich, mensuel, mensual, maandelijks",
    61: "bimonthly, bi monthly, every two months, every other month, zweimonatlich, bimestriel, bimestral,"
    " tweemaandelijks",
    91: "quarterly, every quarter, vierteljahrlich, quartalsweise, trimestriel, trimestral, per kwartaal,"
    " driemaandelijks",
    182: "half yearly, semi annual, semiannual, semiannually, twice a year, halbjahrlich, semestriel,"
    " semestral, halfjaarlijks",
    365: "yearly, annual, annually, every year, once a year, jahrlich, annuel, anual, jaarlijks",
}
CADENCE_WORDS = {fold(word): days for days, words in _CADENCES.items() for word in _split(words)}
