# ruff: noqa: E501 - tables of words in several languages read best as lists of words
"""Words of columns' names that say something only beside others, in small letters and without accents.

What says a class by itself stands in `column_words.toml`.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NAME = _words(
    "vorname nachname familienname zuname rufname geburtsname prenom nom_de_famille nom_famille apellido apellidos cognome sobrenome apelido "
    "nazwisko imie voornaam achternaam familienaam fornamn efternamn tilltalsnamn fornavn etternavn efternavn etunimi sukunimi soyad soyadi ad_soyad "
    "jmeno prijmeni vezeteknev keresztnev prenume surname forename firstname lastname fullname givenname familyname nickname maidenname "
    "fname lname first_name last_name given_name family_name full_name middle_name maiden_name nick_name"
)
GIVEN = _words(
    "prenom prenoms vorname vornamen first_name firstname fname given_name given_names givenname forename voornaam voornamen roepnaam fornavn fornamn "
    "etunimi etunimet eesnimi imie jmeno meno krstne_meno keresztnev utonev prenume ime vards vardas nombre nombres primer_nombre nome primeiro_nome adi isim nama_depan ten imya"
)
BARE = _words(
    "nom noms name naam navn namn nimi nev nume nombre nome nazwa apellido cognome prezime familie soyad ho nama nom_1 lname ln surname"
)
"""What a column of family names is called where only the one beside it says so."""
PEOPLE = _words(
    "claimant defendant plaintiff witness victim suspect inmate resident landlord lodger professor lecturer tutor trainer investigator caller "
    "deceased heir spouse husband wife mother father daughter guardian donor volunteer intern apprentice consultant lawyer notary "
    "midwife dentist therapist pharmacist carer caregiver social_worker officer detective pilot captain skipper steward plumber electrician dispatcher "
    "shift_lead shift_leader team_lead line_manager head_coach parents account_manager sales_rep salesrep interviewer interviewee crew_member practitioner "
    "dozent dozentin mieter mieterin vermieter vermieterin anwalt anwaeltin notar hebamme azubi auszubildender elektriker schlosser vorarbeiter "
    "schichtleiter schichtfuehrer teamleiter disponent einkaeufer verkaeufer pruefling proband bewohner bewohnerin zeuge erblasser "
    "locataire bailleur gerant adherent assure eleve etudiant enseignant professeur formateur infirmier infirmiere soignant vendeur acheteur "
    "alumno alumna aluno aluna profesor profesora professora docente chofer medico medica enfermera enfermero enfermeiro vendedor comprador inquilino inquilina "
    "allievo studente insegnante conducente infermiere inquilino locatario huurder bewoner docent leraar leerling cursist verpleegkundige huisarts bestuurder "
    "elev larare laerer lege lakare opettaja potilas kuljettaja oppilas nauczyciel uczen lekarz najemca ridic lekar zak vozac ucenik ucitelj orvos tanulo beteg "
    "medic profesor sofer chirias ogretmen ogrenci doktor hekim surucu kiraci dokter perawat guru dosen siswa mahasiswa supir sopir "
    "player spieler spielerin athlete schuelerin employee patient passenger nurse student teacher doctor physician welder technician mechanic inspector applicant attendee "
    "respondent cardholder pupil colleague surgeon trainee crew next_of_kin boss supervisor foreman surveyor clerk salesperson salesman caseworker "
    "bearbeiter bearbeiterin sachbearbeiter sachbearbeiterin pruefer prufer fahrer fahrerin mitarbeiter mitarbeiterin monteur techniker schweisser "
    "ansprechpartner ansprechpartnerin patientin lehrer schueler schuler betreuer kollege pfleger arzt bediener "
    "conducteur salarie employe responsable medecin redacteur empleado paciente trabajador solicitante dipendente autista paziente referente "
    "medewerker chauffeur pracownik kierowca pacjent opiekun handlaggare anstalld forare funcionario motorista calisan personel"
)
"""Roles that only people have."""
PARTIES = _words(
    "customer contact person user holder recipient buyer client guest member owner driver author manager operator "
    "customers employees assignee approver reviewer signer tenant sender receiver requester who payee seller cust assigned_to provider candidate worker "
    "kunde kundin kunden klient cliente clienti client klant kund musteri kontakt kontaktperson empfaenger besteller verantwortlich zustaendig"
)
"""Roles that companies, teams and programs have too."""
ADDRESS = _words(
    "address addresses street house_number postal_address address1 address2 addr anschrift adresse strasse hausnr hausnummer wohnort_strasse "
    "wohnadresse domicilio direccion indirizzo endereco morada rua adres woonadres straat ulica adresa adress osoite "
)
HOLDERS = _words(
    "woning rumah casa maison huis domicil wohnung hjem koti dom tech tecnico tecnica tecnic engineer courier trip ride check seen agent child rider runner checkin worker fahrzeugfuehrer home residence punch paciente domicilio kurier customer driver user rider patient employee person client member guest passenger visitor delivery pickup dropoff student "
    "worker kunde fahrer wohn wohnort mitarbeiter patienten conducteur cliente domicile"
)
KEYED = _words("visitor guest member user person passenger participant beneficiary insured driver rider subscriber")
"""What a key stands for that is somebody's, beside roles that only people have."""
ABOUT = _words(
    "verified valid count type status flag template sent opened at consent domain length format optin opt in out rate id key url mode "
    "line lines version is has allowed enabled ratio range model unit robot file base policy duration code hours change plate legal weight "
    "segment space list seen system job process program workflow"
)
"""What stands last in a name that is only about such a thing: `email_verified`."""
THINGS = _words(
    "product model part item file company supplier vendor brand table column category subcategory shop store plant machine event project "
    "domain host server app device sheet field class type group team memory web mac bus register factory warehouse site station depot robot "
    "cultivar variety strain breed connector net series manufacturer maker theatre hotel "
    "teil werkzeug maschine anlage werk lager hersteller lieferant firma marke produkt "
    "produit piece fournisseur fabricant usine producto pieza proveedor fabricante prodotto fornitore onderdeel leverancier czesc "
    "producent kontrahent fornecedor produto leverantor urun"
)
"""Things, of which a name is no person's: `product_name`."""
PARTS = _words(
    "awb waybill consignment tracking shipment line material article sku lot batch order invoice tool drawing ean gtin upc serial meter asset ident account cost amount price revision "
    "colour color flower storm month city town country region market joint axis drug disease street road room department "
    "firmware software hardware package "
    "teilenummer artikel artikelnummer artikelnr zeichnung zeichnungsnr auftrag bestellung rechnung serie seriennummer charge farbe monat ort "
    "stadt land abteilung benennung bezeichnung article couleur mois ville pays articulo color mes ciudad pais articolo colore mese citta paese "
    "artikelomschrijving kleur maand plaats kolor miesiac miasto cor cidade farg manad stad renk sehir"
)
"""What has numbers like telephones', or names like people's, besides."""
MACHINES = _words(
    "srv svr modem agv sps plc hmi scada printer drucker camera kamera switch router gateway firewall nas vm server host node maschine machine anlage robot roboter "
    "sensor controller steuerung drive panel vlan subnet gateway_ip dns ntp"
)
"""Machines, whose addresses on a net are nobody's."""
STORED = _words("stock inventory box boxes spare spares warehouse lager bestand shelf pallet unregistered unsold")
MESSAGES = _words("message msg mail thread")
KIND_OF = _words(
    "status state type kind class category subcategory segment group channel mode priority level severity phase stage step size colour color unit "
    "currency country region language lang grade rating method reason outcome result decision condition model variant version edition format "
    "source origin direction side position shift weekday month quarter season material finish flag env environment tier plan "
    "typ art klasse kategorie gruppe stufe grund ergebnis waehrung wahrung land einheit farbe groesse grosse werkstoff sprache "
    "statut etat categorie classe pays devise langue unite couleur taille estado tipo clase categoria moneda pais idioma unidad "
    "stato classe valuta paese lingua unita soort klasse eenheid taal status_code"
)
"""What a column is called that says which kind something is, or how it stands."""
