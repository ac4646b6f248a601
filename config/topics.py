"""What mails speak of: some two hundred and twenty topics, each known by its expressions in every language.

No topic decides alone. `parsers/weights.json` holds how much each speaks for a harm and for a danger; that
was fitted to passages in all these languages together, so that a topic weighs the same in each.
"""

from enum import StrEnum


class Topic(StrEnum):
    """One of them. The comment only gives the idea: the expressions go much further."""

    # Terrorism:
    TERROR_WORD = "terror_word"  # terror, terrorist, terrorism in all derivations
    TERROR_GROUP = "terror_group"  # names of terrorist or violent extremist organisations
    TERROR_LAW = "terror_law"  # that country's anti-terror statutes and articles, TCO regulation
    JIHAD = "jihad"  # jihad, caliphate, mujahideen, martyrdom operation, pledge of allegiance, nasheed
    EXTREMISM = "extremism"  # extremism, extremist, radicalisation, fanatic, militant propaganda
    RECRUITING = "recruiting"  # recruits, join the ranks, join the fight, travel to the front
    GLORIFIED = "glorified"  # glorifies, praises, celebrates an attack or attacker, hero, saint
    ATTACK = "attack"  # attack, assassination, bombing, massacre, suicide bomber, truck into a crowd
    INSURGENTS = "insurgents"  # militants, guerrilla, armed faction, militia, cell, lone wolf
    FAR_RIGHT = "far_right"  # neo-Nazi, white power, race war, skinhead, fascist militia
    EXPLOSIVES = "explosives"  # bomb making, detonator, explosive, TATP, incendiary device, instructions
    CAUSE_MONEY = "cause_money"  # donations for fighters, financing of terrorism, crypto for the cause

    # Children in danger:
    CSAM = "csam"  # child pornography, child sexual abuse material / depictions, CSAM
    SEXUAL_CHILD = "sexual_child"  # sexualised, indecent, nude, lewd, erotic about a child
    GROOMING = "grooming"  # grooming, wins her trust, secret chat with a child, adult writes to children
    SEXTORTION = "sextortion"  # sextortion, blackmails with pictures, pay or I publish
    CHILD_ABUSE = "child_abuse"  # abuses, molests, rapes a child, incest, paedophile, predator
    EXPLOITATION = "exploitation"  # trafficking, exploited, prostituted, child labour, begging children
    CRIME_FOR_MONEY = "crime_for_money"  # young people hired to set fire, deliver, smash windows, spy
    MISSING = "missing"  # missing, disappeared, ran away, abducted, not come home, search notice
    CHILD_NEGLECT = "child_neglect"  # beats his child, neglects, locked up, starved, left alone
    CHILD_BODIES = "child_bodies"  # youth welfare office, child protection service, hotline names, NCMEC
    MEETING_CHILD = "meeting_child"  # meets the child, hotel, picks up from school / at the station, gift
    CHILD_INTEREST = "child_interest"  # comments of men under clips of children in swimwear / gymnastics
    MINOR = "minor"  # child, minor, under age, schoolgirl, boy, N-year-old below eighteen, toddler

    # Suicide and self-injury:
    SUICIDE = "suicide"  # suicide, take one's own life, kill oneself, end it
    GOODBYE = "goodbye"  # goodbye letter, farewell video, by the time you read this, forgive me
    SELF_INJURY = "self_injury"  # cuts herself, razor, scars, burns himself, self-harm
    EATING = "eating"  # anorexia, bulimia, thinspiration, fasting, starving, purging, calories, weight goal
    OVERDOSE = "overdose"  # overdose, swallowed tablets, sleeping pills, all the medicine
    HEIGHTS = "heights"  # on the bridge, railing, roof, ledge, window, railway track
    HOPELESS = "hopeless"  # does not want to live, no way out, tired of life, nothing matters
    METHODS = "methods"  # rope, hanging, gas, how to die without pain, method forum, pact
    CRISIS_HELP = "crisis_help"  # crisis line, helpline, suicide prevention, psychiatrist
    MENTAL = "mental"  # depression, therapy, psychiatric ward, burnout, mentally ill

    # Violence:
    ATTACK_THREAT = "attack_threat"  # will shoot / blow up / stab at school, work, mall
    FIREARM = "firearm"  # pistol, rifle, gun, shots, ammunition
    BLADE = "blade"  # knife, machete, axe, sword, stabbing
    ASSAULT = "assault"  # beats up, hits, kicks, assault, bodily injury, attacked on the street
    KILLING = "killing"  # kill, murder, homicide, killed, execution, corpse, femicide
    BRAWL = "brawl"  # arranged fight, brawl, hooligans, ultras, meet in the forest, knuckle-dusters
    LYNCHING = "lynching"  # lynching, mob, vigilantes, take justice, crowd gathers at the house
    RIOT = "riot"  # riot, looting, unrest, clashes, Molotov, barricades, burn down the shelter
    HOME_VIOLENCE = "home_violence"  # domestic violence, husband / ex threatens, battered wife
    HOSTAGE = "hostage"  # hostage, kidnapping, ransom, held captive
    BOMB_THREAT = "bomb_threat"  # bomb threat, explosive in the building, evacuated
    CRUELTY = "cruelty"  # torture, beheading, gore, mutilation, execution video
    GANG = "gang"  # gang, cartel, drug clan, shoot-out, mafia
    RAPE = "rape"  # rape, sexual assault of adults, gang rape
    WAR = "war"  # war crime, prisoners of war, shelling, front line

    # Hate:
    INCITEMENT = "incitement"  # incitement to hatred / of the people
    HATE_WORD = "hate_word"  # hate speech, hatred, hateful, hostility against
    RACE = "race"  # racist, racism, skin colour, Black people, Roma, ethnic slurs described, monkeys
    MIGRANTS = "migrants"  # migrants, refugees, asylum seekers, foreigners out, deport them all
    RELIGION_HATE = "religion_hate"  # antisemitic, Jews, Muslims, Islamophobia, Christians, sect
    LGBT = "lgbt"  # homophobic, gay, lesbian, trans, pride, queer
    DISABLED = "disabled"  # disabled people, deaf, Down's syndrome, mocked for a disability
    DENIAL = "denial"  # Holocaust denial, denial of genocide, trivialising, camp, Armenian / Srebrenica
    NAZI = "nazi"  # swastika, Hitler, SS, Nazi salute, unconstitutional symbols
    DEHUMANISE = "dehumanise"  # vermin, cockroaches, parasites, subhuman, plague, animals
    GROUP = "group"  # ethnic group, minority, nationality, community, caste, tribe
    MISOGYNY = "misogyny"  # misogyny, women-hating, incels, sexist

    # Harassment:
    BULLYING = "bullying"  # bullying, cyberbullying, mobbing, teasing, picked on, excluded by the class
    STALKING = "stalking"  # stalker, follows, waits for her, does not leave in peace, contact ban
    INSULT = "insult"  # insults, swears at, calls names, humiliates, ridicules, makes fun of
    DEFAMATION = "defamation"  # defamation, slander, libel, false accusation, honour and dignity
    DOXING = "doxing"  # doxing, visit him, published where she lives so that people go there
    THREATS_PERSON = "threats_person"  # threatens a person, intimidation
    PILE_ON = "pile_on"  # sets followers on, raid, shitstorm, comment wave, trolls, campaign against
    FAKE_PROFILE = "fake_profile"  # fake profile in somebody's name that mocks
    SCHOOL_LIFE = "school_life"  # pupils, class, teacher, headmaster, schoolyard, changing room, class chat
    VICTIM_FEELS = "victim_feels"  # doesn't dare to go out, cries, sick leave, afraid, moved house
    HARASS_LAW = "harass_law"  # harassment, persecution, protection order

    # Privacy:
    INTIMATE = "intimate"  # intimate / nude pictures of adults, revenge porn, sex tape, NCII
    CONSENT = "consent"  # without consent / permission / knowledge
    HIDDEN_CAMERA = "hidden_camera"  # hidden camera, secretly filmed, upskirt, fitting room, toilet, sauna
    PERSONAL_DATA = "personal_data"  # personal data, data protection, GDPR / KVKK / LGPD / APPI ...
    DATA_AUTHORITY = "data_authority"  # names of data-protection authorities and commissioners
    ADDRESS_DATA = "address_data"  # home address, telephone number, identity number, number plate
    HEALTH_DATA = "health_data"  # patient, medical record, diagnosis, hospital file, test result
    ERASURE = "erasure"  # right to be forgotten, erase, delist, access request, objection
    DEEPNUDE = "deepnude"  # deepfake pornography, undressing app, face put on a naked body
    CAMERAS = "cameras"  # drone, CCTV, surveillance, neighbour's camera, dashcam
    LIKENESS = "likeness"  # my face, my picture, recognisable, blur, right to one's own image
    LEAK = "leak"  # leaked database, hacked files, chat logs published, passwords
    PRIVATE_LIFE = "private_life"  # private life, privacy, intimacy, confidentiality, family life
    PAPERS = "papers"  # ID card, passport scan, contract, court file shown
    DEAD_PEOPLE = "dead_people"  # accident victims, deceased, funeral, morgue filmed

    # Fraud:
    SCAM = "scam"  # scam, fraud, swindle, con, cheated, deceive
    INVESTMENT = "investment"  # investment, yield, guaranteed profit, crypto, trading, forex, pyramid
    PHISHING = "phishing"  # phishing, fake login page, link asks for card data, smishing, QR code
    BANK = "bank"  # bank, account number, IBAN, card, transfer, wallet, payment
    IMPERSONATION = "impersonation"  # poses as a bank / police / celebrity / authority / relative
    FAKE_CHARITY = "fake_charity"  # donation appeal, fund-raiser, collection for earthquake / sick child
    FAKE_SHOP = "fake_shop"  # fake shop, paid and nothing came, non-delivery, seller vanished, deposit
    FAKE_JOB = "fake_job"  # fake job, likes for money, task, recruiter takes a fee, work abroad
    ROMANCE = "romance"  # romance scam, met online, fell in love, soldier abroad, sends money
    MULES = "mules"  # money mule, lends his account, launders, cash out, SIM cards rented
    TAKEOVER = "takeover"  # account taken over, hacked, SIM swap, one-time code, stolen account
    LOSSES = "losses"  # victims lost, savings, damage of, transferred, debts
    GIVEAWAY = "giveaway"  # giveaway, prize, lottery, coupon, gift card, bonus
    TICKETS_FLATS = "tickets_flats"  # fake rental, holiday home, concert tickets, visa, pilgrimage tour
    CELEBRITY_AD = "celebrity_ad"  # deepfake / forged video of a celebrity, doctor, minister advertising
    FINANCE_WATCHDOG = "finance_watchdog"  # financial regulator's warning, unlicensed broker, securities
    MALWARE = "malware"  # malware, remote access, infected app, APK, virus
    FORTUNE = "fortune"  # fortune-teller, magic, healer for money

    # Illegal goods and services:
    NARCOTICS = "narcotics"  # drugs, cocaine, cannabis, meth, ecstasy, dealer, grams, stash
    MEDICINES = "medicines"  # prescription medicine, counterfeit medicine, steroids, slimming injections
    ARMS_TRADE = "arms_trade"  # weapons / ammunition / 3D-printed guns / blank pistols
    GAMBLING = "gambling"  # gambling, betting, casino, slots, lottery, poker, referral bonus, unlicensed
    TOBACCO = "tobacco"  # cigarettes, e-cigarettes, vapes, nicotine pouches, shisha
    ALCOHOL = "alcohol"  # alcohol sold to minors, moonshine, home-made spirits
    FIREWORKS = "fireworks"  # fireworks, bangers, pyrotechnics
    WILDLIFE = "wildlife"  # protected species, ivory, parrots, tortoises, CITES, puppies
    FORGED_PAPERS = "forged_papers"  # forged documents for sale: passports, diplomas, driving licences
    UNSAFE_PRODUCT = "unsafe_product"  # unsafe, recalled, CE mark, product safety, toy, charger, heater
    TRADE_WORDS = "trade_words"  # sells, offers, orders, price list, delivery, courier, wholesale, dealer
    NO_LICENCE = "no_licence"  # without licence / authorisation / registration, unlicensed provider
    COSMETICS = "cosmetics"  # whitening cream, mercury, fillers, botox at home, hair dye
    SUPPLEMENTS = "supplements"  # food supplement, slimming tea, raw milk, unapproved food
    SMUGGLING = "smuggling"  # people smugglers, border crossing, boats, customs, contraband
    DEVICES = "devices"  # jammers, spy cameras, lasers, skimmers, hacked boxes, pre-registered SIM
    SERVICES = "services"  # escort, sexual services, unlicensed doctors / dentists / taxis / loans
    ANTIQUITIES = "antiquities"  # antiquities, treasure, stolen goods, artefacts
    GOODS_BODIES = "goods_bodies"  # market surveillance, customs, medicines agency, gambling authority

    # Elections:
    VOTING = "voting"  # election, vote, ballot, polling station, voters, referendum
    ELECTION_BOARD = "election_board"  # electoral commission / court / council
    CANDIDATE = "candidate"  # candidate, party, mayor, campaign, rally
    FALSE_VOTE_INFO = "false_vote_info"  # wrong date / place, voting by SMS or online, ballots invalid
    FAKE_CANDIDATE = "fake_candidate"  # forged recording / deepfake of a candidate, invented quote
    CAMPAIGN_LAW = "campaign_law"  # campaign silence, illegal campaign advertising, exit polls
    MANIPULATION = "manipulation"  # rigged, stolen election, bots, troll farm, coordinated
    COUNTING = "counting"  # count, results, tally, observers
    DISINFORMATION = "disinformation"  # disinformation, false claim, fake news, fact check

    # Dangerous challenges:
    CHALLENGE = "challenge"  # challenge, dare, trend, viral, hashtag that pupils imitate
    CHOKING = "choking"  # blackout, choking, fainting, holding breath, scarf
    CLIMBING = "climbing"  # train surfing, roofs, cranes, metro, tunnels, jumping into water
    SWALLOWING = "swallowing"  # swallowing capsules, detergent, spices, chilli, magnets, spray
    FIRE_PLAY = "fire_play"  # set alight, spray and lighter, sanitizer, boiling water
    IMITATION = "imitation"  # imitate, copy, re-enact, join in, everyone does it
    INJURED = "injured"  # injured, hospital, burns, broken, unconscious, poisoned, intensive care
    PRANK = "prank"  # prank, knocking doors, glue, toilets vandalised, staged
    STUNTS = "stunts"  # driving stunts, wheelies, racing, subway doors, road blocking
    DRINKING = "drinking"  # binge drinking, vodka, drinking game

    # Others' works and marks:
    COPYRIGHT = "copyright"  # copyright, rights holder, infringement, DMCA, related rights
    TRADEMARK = "trademark"  # trademark, brand, logo, registered mark, unfair competition
    COUNTERFEIT = "counterfeit"  # counterfeit, replica, fake bags / shoes / perfumes
    MUSIC = "music"  # song, recording, track, label, album, sound, lyrics
    FILM = "film"  # film, series, episode, cinema, premiere, streaming service
    SPORT_TV = "sport_tv"  # match, broadcast, league, live transmission, TV rights
    BOOKS_ART = "books_art"  # book, course, PDF, photographs, illustrations, pattern, recipe, poem
    PIRACY = "piracy"  # piracy, torrent, IPTV, cracked, pirated copy, uploaded in full
    DESIGN = "design"  # design, patent, utility model, packaging
    OWNERSHIP = "ownership"  # our client, exclusive licence, owner, author of the work, power of attorney
    COLLECTING = "collecting"  # collecting societies, publishers, labels
    COPIED_CLIP = "copied_clip"  # re-uploaded my video, without credit, cut off the watermark
    SOFTWARE = "software"  # software, keys, game, source code, cheats, fonts

    # What falls under no other harm:
    OVERSIGHT = "oversight"  # transparency report, risk assessment, audit, systemic, compliance
    INFO_REQUEST = "info_request"  # request for information, please answer the following questions
    HEARING = "hearing"  # hearing, statement, consultation, case opened, administrative proceeding
    MY_ACCOUNT = "my_account"  # my account locked, suspended, password, appeal, monetisation, coins
    ANIMALS = "animals"  # animal cruelty, dog, cat, cockfight, abuse of animals
    HEALTH_HOAX = "health_hoax"  # vaccine, miracle cure, virus, dangerous advice, hoax
    DISASTER = "disaster"  # earthquake, flood, dam, storm, rumour, panic, evacuation
    AGE_RATING = "age_rating"  # age rating, youth protection, adult pornography freely accessible
    AD_LABELLING = "ad_labelling"  # advertising not labelled, influencer, consumer protection
    AI_LABEL = "ai_label"  # AI-generated, labelling, recommender, dark pattern, accessibility
    BARE_REQUEST = "bare_request"  # please delete / remove this, take it down
    PUBLIC_ORDER = "public_order"  # trespass, vandalism, graffiti, theft, traffic offence, environment
    STATE = "state"  # insult of head of state, state secret, military positions, army discredited
    TECHNICAL = "technical"  # error, bug, does not load, API, certificate, portal, form
    WITNESS = "witness"  # witness, preservation of data, evidence, subscriber information, IP address

    # Nothing that anybody has to do:
    GRATITUDE = "gratitude"  # thank you, appreciated, well done
    NO_ACTION = "no_action"  # no action needed, for your information only, nothing further, disregard
    MEETING = "meeting"  # invitation, meeting, agenda, minutes, webinar, conference, training
    NEWSLETTER = "newsletter"  # newsletter, issue, unsubscribe, read online, subscribe
    ABSENCE = "absence"  # out of office, on leave, back on, my deputy, holiday
    RECEIPT = "receipt"  # we confirm receipt, has been registered, ticket number, will be processed
    OFFER = "offer"  # special offer, discount, partnership proposal, SEO, buy now
    BOUNCE = "bounce"  # undeliverable, mailbox full, delivery failed
    SETTLED = "settled"  # closed, done, settled, content no longer online, complied with
    CONTACT_CHANGE = "contact_change"  # new contact person, new telephone number, change of address
    GREETINGS = "greetings"  # wishes for holidays, new year, welcome

    # What tells of a danger that nobody names:
    FAREWELL_ACTS = "farewell_acts"  # gives the cat away, testament read, PIN for mother, keys on the table
    LAST_WORDS = "last_words"  # go on without me, greet my father, it will soon be quiet
    AT_THE_EDGE = "at_the_edge"  # outside the railing, feet over the edge, up to the waist in water
    MEANS_READY = "means_ready"  # rope on the beam, engine running in the garage, charcoal lit indoors
    FADING = "fading"  # legs go numb, drowsy, breathes slowly, the sentence breaks off
    COUNTDOWN = "countdown"  # when the song ends, when the train comes, before the service begins
    LURED = "lured"  # a child is told to come: get in the back, tell nobody, I bought you a ticket
    NOT_ARRIVED = "not_arrived"  # never came to school, got on the bus but not off, missing at roll call
    TAMPERED = "tampered"  # poison in food or medicine, already delivered, which other batches
    SET_OUT_ARMED = "set_out_armed"  # not at his address, rented lorry, weapon not found, on the train to
    LIVE_DATA = "live_data"  # last known connection, live session data, running updates, which town
    SEARCHING = "searching"  # patrols and helicopter search, no address known, ambulance waits
    BARRICADED = "barricaded"  # locked ourselves in, door blocked, lock glued, children are inside
    CAPTIVE = "captive"  # passport taken, guard at the door, must pay off, family gets videos
    ABUSE_RUNNING = "abuse_running"  # viewers pay or give orders, the stream was running as this was written
    AT_THEIR_DOOR = "at_their_door"  # stands in the stairwell, opposite the playground, petrol under the door
    CHILD_LEFT = "child_left"  # small child alone for days, in the locked car, crying for hours

    # How near a danger is, and whether harm goes on:
    NOW = "now"  # right now, at this moment, as I write, live at present
    MINUTES_AGO = "minutes_ago"  # minutes ago, just now, a quarter of an hour ago
    LOCATE = "locate"  # need the location / IP / address at once, find her, where is she
    EMERGENCY = "emergency"  # emergency disclosure, danger to life, imminent, life-threatening, exigent
    SILENCE = "silence"  # does not answer, phone off, cannot be reached, no sign of life
    ON_THE_WAY = "on_the_way"  # on the way to, outside the door, in front of the house, waiting for her
    ALONE = "alone"  # alone at home, nobody with her, locked in
    SWALLOWED = "swallowed"  # has taken, swallowed, drunk, lies there, unconscious, weak voice
    PLANNED = "planned"  # tonight, tomorrow, at six, planned, announced, will do it
    WEAPON_IN_HAND = "weapon_in_hand"  # with a knife / gun in his hand, loaded, petrol poured
    IN_DANGER = "in_danger"  # in danger, could die, afraid for her life, every minute counts
    SCREAMS = "screams"  # cries, screams, begs, bleeds
    SAFE = "safe"  # is safe, found, unharmed, with family, in hospital and stable
    ARRESTED = "arrested"  # arrested, in custody, police at the scene, under control
    ENDED = "ended"  # ended, no contact any more, over, years ago, judgment, old case
    STUDY = "study"  # study, research, survey, statistics, dissertation, article
    DRILL = "drill"  # drill, exercise, test mail, fictitious, scenario
    HYPOTHETICAL = "hypothetical"  # if somebody, what should we do if, in general, possible in future
    PREVENTION = "prevention"  # prevention, campaign, awareness, guideline, policy question
    STAGED = "staged"  # film scene, actor, game, prop, song lyrics, novel
    EXAGGERATED = "exaggerated"  # dying of boredom, murder prices, this is killing our brand
    SPREADS = "spreads"  # spreads, views, shares, copies, mirrors, viral, re-uploaded, goes round
    ONGOING = "ongoing"  # still, every day, again and again, continues, does not stop, for weeks
    FRESH_VICTIMS = "fresh_victims"  # new victims, this week injured, more and more, N cases
    RELAPSE = "relapse"  # new accounts, came back, re-registered after removal
    PRESSURE = "pressure"  # urgent, immediately, without delay, today
