# ruff: noqa: E501 - tables of words in several languages read best as lists of words
"""Words of columns' names in some languages of Europe and America, in small letters and without accents."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PHONE = _words(
    "phone phones telephone tel mobile cell cellphone cell_phone fax telephone_number handy telefon telefono telefone telefoon "
    "telefax telefonnummer telefonnr handynummer handynr mobilnummer mobiltelefon mobil rufnummer festnetz tel_nr msisdn whatsapp "
    "portable movil celular cellulare telemovel gsm natel tlf tfn puhelin telefonszam komorka phone_number telnr cep_tel contact_no"
)
LOGIN = _words(
    "username user_name login login_id kennung benutzername benutzerkennung utilisateur usuario utente gebruikersnaam user_login"
)
STATE = _words(
    "state_number ssn social_security passport passport_id passport_no national_id tax_id driver_license drivers_license driving_licence driving_license "
    "licence_number nino ni_number national_insurance personal_number identity_number medicare aadhaar mrn patient_id patient_no "
    "employee_no employee_number employee_id staff_no student_id student_no badge_id badge_no "
    "personalausweis personalausweisnr personalausweisnummer ausweisnummer reisepass reisepassnummer fuehrerschein fuhrerschein fuhrerscheinnummer "
    "steuernummer steuer_id sv_nummer svnr sozialversicherungsnummer versichertennummer personalnummer personal_nr personalnr matrikelnummer "
    "passeport passnummer numero_securite_sociale pasaporte nif passaporto codice_fiscale cpf pasport paszport pesel "
    "dowod rijbewijs rijbewijsnummer paspoort bsn personnummer fodselsnummer henkilotunnus tc_kimlik tckn curp pan_card "
    "burgerservicenummer burgerservicenr sofinummer nhs_number nhs_no tax_file_number social_insurance contribuinte aadhar"
)
SENSITIVE = _words(
    "demographic gender sex marital_status marital religion ethnicity race nationality income salary wage annual_income disability civil_status "
    "blood_group blood_type diagnosis salutation title_of_courtesy "
    "geschlecht anrede familienstand konfession staatsangehoerigkeit staatsangehorigkeit nationalitat gehalt lohn blutgruppe diagnose behinderung "
    "sexe civilite nationalite salaire religion sexo estado_civil nacionalidad salario sesso stato_civile nazionalita stipendio "
    "geslacht burgerlijke_staat nationaliteit salaris plec stan_cywilny narodowosc kon civilstand cinsiyet"
)
NAME = _words(
    "vorname nachname familienname zuname rufname geburtsname prenom nom_de_famille nom_famille apellido apellidos cognome sobrenome apelido "
    "nazwisko imie voornaam achternaam familienaam fornamn efternamn tilltalsnamn fornavn etternavn efternavn etunimi sukunimi soyad soyadi ad_soyad "
    "jmeno prijmeni vezeteknev keresztnev prenume surname forename firstname lastname fullname givenname familyname nickname maidenname "
    "fname lname first_name last_name given_name family_name full_name middle_name maiden_name nick_name"
)
PEOPLE = _words(
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
TEXT = _words(
    "comment comments note notes remark remarks message feedback memo bemerkung bemerkungen kommentar notiz notizen hinweis anmerkung "
    "commentaire remarque comentario observaciones nota osservazioni opmerking opmerkingen uwagi anteckning"
)
HOLDERS = _words(
    "courier trip ride check seen agent child rider runner checkin worker fahrzeugfuehrer home residence customer driver user rider patient employee person client member guest passenger visitor delivery pickup dropoff student "
    "worker kunde fahrer wohn wohnort mitarbeiter patienten conducteur cliente domicile"
)
PLACE = _words(
    "lat latitude lon lng long longitude gps coordinates coordinate coords position location geo latlon latlng breitengrad laengengrad "
    "langengrad koordinaten standort"
)
ABOUT = _words(
    "verified valid count type status flag template sent opened at consent domain length format optin opt in out rate id key url mode "
    "line lines version is has allowed enabled ratio range model unit robot file base policy duration code hours change plate legal weight "
    "segment space list seen"
)
"""What stands last in a name that is only about such a thing: `email_verified`."""
THINGS = _words(
    "product model part item file company supplier vendor brand table column category subcategory shop store plant machine event project "
    "domain host server app device sheet field class type group team memory web mac bus register factory warehouse site station depot robot "
    "connector net series manufacturer maker theatre hotel "
    "teil werkzeug maschine anlage werk lager hersteller lieferant firma marke produkt "
    "produit piece fournisseur fabricant usine producto pieza proveedor fabricante prodotto fornitore onderdeel leverancier czesc "
    "producent kontrahent fornecedor produto leverantor urun"
)
"""Things, of which a name is no person's: `product_name`."""
PARTS = _words(
    "line material article sku lot batch order invoice tool drawing ean gtin upc serial meter asset ident account cost amount price revision "
    "colour color flower storm month city town country region market joint axis drug disease street road room department "
    "firmware software hardware package "
    "teilenummer artikel artikelnummer artikelnr zeichnung zeichnungsnr auftrag bestellung rechnung serie seriennummer charge farbe monat ort "
    "stadt land abteilung benennung bezeichnung article couleur mois ville pays articulo color mes ciudad pais articolo colore mese citta paese "
    "artikelomschrijving kleur maand plaats kolor miesiac miasto cor cidade farg manad stad renk sehir"
)
"""What has numbers like telephones', or names like people's, besides."""
MACHINES = _words(
    "sps plc hmi scada printer drucker camera kamera switch router gateway firewall nas vm server host node maschine machine anlage robot roboter "
    "sensor controller steuerung drive panel vlan subnet gateway_ip dns ntp"
)
"""Machines, whose addresses on a net are nobody's."""
KIND_OF = _words(
    "status state type kind class category subcategory segment group channel mode priority level severity phase stage step size colour color unit "
    "currency country region language lang grade rating method reason outcome result decision condition model variant version edition format "
    "source origin direction side position shift weekday month quarter season material finish flag env environment tier plan "
    "typ art klasse kategorie gruppe stufe grund ergebnis waehrung wahrung land einheit farbe groesse grosse werkstoff sprache "
    "statut etat categorie classe pays devise langue unite couleur taille estado tipo clase categoria moneda pais idioma unidad "
    "stato classe valuta paese lingua unita soort klasse eenheid taal status_code"
)
"""What a column is called that says which kind something is, or how it stands."""
