/// The vocabulary of customers: for each kind of contact clauses that describe it without naming it, and sentences that
/// only touch on it. `{}` stands for a thing that the customer owns or wants.
struct CustomerPhrases {
    /// What a contact of this kind is about.
    let problems: [String]
    /// Sentences with a word of this kind, said in passing.
    let mentions: [String]

    static let things = [
        "router", "tablet", "headset", "coffee machine", "e-bike", "printer", "smart watch", "robot vacuum",
        "thermostat",
        "camera", "speaker", "dishwasher", "lawn mower", "monitor", "projector", "air purifier", "sewing machine",
        "electric kettle", "baby monitor", "drone",
    ]

    static let openings = [
        "Hello,", "Hi there,", "Good morning,", "Good afternoon,", "Excuse me,", "Listen,", "Hello, me again,",
        "Hi, just quickly:", "Thanks for picking up,", "I hope you can help,", "Right,", "Well,",
    ]

    static let closings = [
        "Can you see to it?", "What do I do now?", "I am getting desperate.", "Please hurry.", "That cannot be right.",
        "My neighbour said I should call.", "I have tried everything.", "It is rather urgent.", "Who can help me?",
        "I am not angry, only tired.", "This is the second day now.", "I would be so grateful.",
    ]

    /// Between what it is about and what is said in passing.
    static let asides = ["Oh, and", "By the way,", "Not that it matters, but", "I should add:", "Just so you know,"]
    /// Between a word in passing, said first, and what it is really about.
    static let turns = [
        "Anyway, the thing is:", "But never mind that now:", "That is not why I call:", "Be that as it may:",
    ]
    /// Between two things that weigh the same.
    static let joints = ["And just as bad:", "On top of that", "At the same time", "And then, equally pressing:"]

    static func of(_ kind: ContactKind) -> CustomerPhrases {
        switch kind {
        case .billing: billing
        case .technical: technical
        case .access: access
        case .delivery: delivery
        case .returns: returns
        case .contract: contract
        case .sales: sales
        case .appointment: appointment
        }
    }
}

extension CustomerPhrases {
    private static let billing = CustomerPhrases(
        problems: [
            "I was charged twice for the {}", "you took more from my card than we had agreed for the {}",
            "there is a debit on my bank statement that I cannot place", "the discount for the {} was never taken off",
            "I still have not had my money back for the {}", "the sum at the bottom is eleven pounds too high",
            "my card is refused although there is plenty on it", "somebody put a fee on my {} that nobody told me of",
            "you say I owe you for the {}, but I settled that in May", "the tax on the {} was worked out wrongly",
            "I need the paper with the amount for my accountant", "the instalments for the {} went up without a word",
            "I paid for the {} and now get a dunning letter", "my voucher did not make the {} any cheaper",
        ],
        mentions: [
            "I have your last invoice in front of me.", "I had just paid for something else of yours.",
            "My bank says hello.", "I was going through my receipts.", "My husband does the bills here.",
            "The refund in spring went smoothly.", "I gave you my card number once.", "The price was fair enough.",
        ])

    private static let technical = CustomerPhrases(
        problems: [
            "the {} goes dark after ten minutes", "my {} makes a grinding noise and stops",
            "since the update the {} does nothing any more", "a red light blinks on the {} and it will not start",
            "the {} no longer finds the others in the house", "the {} freezes whenever I touch the screen",
            "nothing happens when I press the button of the {}", "the {} gets hot and switches itself off",
            "my {} forgets its settings every night", "the picture of the {} flickers all the time",
            "the {} says E42 and beeps", "I hear myself as an echo in the {}",
            "the battery of the {} is flat within the hour", "the {} leaks at the bottom as soon as it runs",
        ],
        mentions: [
            "My {} is humming along nicely.", "I read the manual of the {} last night.",
            "The software was updated yesterday, without a hitch.", "I restarted the {} this morning, as I always do.",
            "I am calling from beside the {}.", "The cable of the {} is a bit short.",
            "My son knows all about these devices.", "The {} was the best I ever had.",
        ])

    private static let access = CustomerPhrases(
        problems: [
            "I cannot get into my page any more", "it says wrong name or word, and I typed it five times",
            "the code that you send to my phone never comes", "I am shut out after too many tries",
            "my late wife's page should be opened for me", "I have a new telephone and the old code went with it",
            "the link for a new word leads nowhere", "somebody else is in my page and changed the address",
            "it asks for a pet's name that I never gave", "I forgot what I chose to get in with",
            "my page has vanished and it offers me a new one", "the app throws me out every time I get in",
            "it wants to know that I am no robot, for ever", "my finger is no longer accepted by the app",
        ],
        mentions: [
            "I am logged in at the moment.", "I wrote my password on a note, I know, I know.",
            "I saw it in my account.", "My user name is my old nickname.",
            "I set up the app last week, no trouble there.",
            "I have the code word ready.", "The website looks new.", "I got the confirmation by email.",
        ])

    private static let delivery = CustomerPhrases(
        problems: [
            "the {} should have been here on Tuesday", "the driver says he rang, but I was at home all day",
            "the {} has been in the same depot for a week", "I got somebody else's box instead of the {}",
            "the map shows my {} three towns away", "only one of two boxes with the {} came",
            "they left the {} in the rain by the gate", "I need the {} to go to my office instead",
            "nobody in our street got the {} that was signed for", "can the {} still come before the weekend",
            "the card says pick it up, but the shop has no {}", "the number you gave me for the {} leads nowhere",
            "the lorry with the {} turned round at the corner", "my {} is said to be on a ship still",
        ],
        mentions: [
            "The courier was very polite, by all means.", "The parcel came on time.", "I kept the box, just in case.",
            "We live at the end of the lane, drivers know it.", "The tracking page was fun to watch.",
            "I signed for it at the door.", "It was shipped in March.", "The postman knows us.",
        ])

    private static let returns = CustomerPhrases(
        problems: [
            "the {} is the wrong colour and I want another", "I do not like the {} and would rather not keep it",
            "where do I send the {} that I do not want", "the {} is too big for our kitchen, can I swap it",
            "I got two {}s as presents and one must go", "the label for sending the {} in is missing",
            "I changed my mind about the {} after three days", "is it too late to give the {} back",
            "I wrapped up the {} again, who fetches it", "the shop will not take the {} that I bought from you",
            "I would like the smaller {} instead of this one", "the {} is not what the picture showed, take it away",
            "I want to hand the {} in unopened", "can I trade the {} for its sister",
        ],
        mentions: [
            "The exchange in autumn worked well.", "I never send things back.", "I still have the return slip.",
            "My sister swapped hers.", "I would not give it back for the world.", "I kept the wrapping.",
            "Thirty days, I think it said.", "It fits perfectly.",
        ])

    private static let contract = CustomerPhrases(
        problems: [
            "I want out by the end of the month", "I am moving abroad and do not need you any longer",
            "please put me on the smaller tariff", "it seems that I was extended by a year without asking",
            "my mother died and everything in her name should stop", "I would like to take over my flatmate's plan",
            "how long am I still bound to you", "I never agreed to the extra package",
            "I asked you in writing to end it and heard nothing", "can I pause everything while I am in hospital",
            "your rival offers me half, so I am leaving", "please turn the trial into nothing",
            "I want two numbers on the one plan from now on", "the small print says twelve months, you say twenty-four",
        ],
        mentions: [
            "I have been a customer for nine years.", "I am on the family plan.", "My contract number ends in seven.",
            "I renewed with you only in June.", "I am quite happy with the tariff.", "I got the terms by post.",
            "We are not thinking of leaving.", "My subscription was a present.",
        ])

    private static let sales = CustomerPhrases(
        problems: [
            "which {} would you take for a small flat", "do you have the {} in blue, and when",
            "is the dearer {} really quieter", "would the {} get on with what I have at home",
            "I am looking for a present, your {} perhaps", "what does the bigger {} do that the small one cannot",
            "how much would ten {}s be for our club", "will there be a newer {} before the summer",
            "I want to order the {} from the leaflet", "does the {} come with everything, or do I need more",
            "my {} is old and I think of a new one", "can I see the {} anywhere before I decide",
            "is there anything like the {}, but lighter", "can students have the {} for less",
        ],
        mentions: [
            "I saw your advertisement on the bus.", "I ordered from you before.", "The brochure is lovely.",
            "I looked at the new models, out of curiosity.", "There was a sale on, I think.",
            "I compared a few in the shop.", "It was a special offer.", "A friend recommended you.",
        ])

    private static let appointment = CustomerPhrases(
        problems: [
            "your man was to come at nine and nobody is here", "I cannot be at home on Friday, can he come later",
            "how long will he be busy with the {} at my place", "when does somebody come and mount the {}",
            "I waited all morning for the fitter of the {}", "he came without the part for the {} and must come again",
            "please send the same lady for the {} as last time", "does it have to be a weekday for the {} to be put in",
            "the time you gave me is when I collect the children", "can he ring half an hour before he is here",
            "I have to put off the visit about the {}", "the date in your letter is a holiday",
            "who opens the cellar for him if I am at work", "may he bring the ladder, ours is broken",
        ],
        mentions: [
            "The technician last year was a gem.", "I am at home all week.", "I wrote it in my calendar.",
            "Your fitter left his pencil here.", "He was here on Monday and did a fine job.", "We had a date in May.",
            "I took the day off anyway.", "The visit took no time at all.",
        ])
}
