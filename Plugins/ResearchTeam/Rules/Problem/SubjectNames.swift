/// What the subjects are called. All names are invented, so that no knowledge of the world helps, and depend on nothing
/// but a subject's place: which of them belong together is drawn for each episode.
public enum SubjectNames {
    /// What kind of thing the subjects of a layer are; layer 0 is asked about, the last one holds the candidates.
    public static func kind(layer: Int) -> String { kinds[layer] }

    /// The same with its article.
    public static func oneKind(layer: Int) -> String {
        let kind = kinds[layer]
        return (kind.first.map("aeiou".contains) ?? false ? "an " : "a ") + kind
    }

    /// The name of one subject.
    public static func name(layer: Int, subject: Int) -> String { names[layer][subject] }

    private static let kinds = [
        "compound", "enzyme", "strain", "mineral", "crystal", "river", "cohort", "isotope", "toxin",
    ]

    private static let names = [
        ["Velor", "Mirzan", "Dostal", "Quenid", "Pyrax", "Hexov", "Ludan", "Zorbin"],
        ["Tarkase", "Molase", "Pexase", "Govase", "Nirase", "Sulase", "Bavase", "Wenase"],
        ["Kelo", "Radu", "Simto", "Bruma", "Oxali", "Fenna", "Yarro", "Jubi"],
        ["Garnex", "Ulvite", "Torbit", "Selkite", "Amrite", "Cobrite", "Drusite", "Ivorite"],
        ["Plyx", "Onda", "Karsk", "Vint", "Orrin", "Mesk", "Hald", "Nyle"],
        ["Asken", "Lurra", "Tovel", "Ombri", "Sarne", "Delmi", "Ruvo", "Hynda"],
        ["Albor", "Brixa", "Corin", "Dalva", "Estrel", "Fiord", "Gamel", "Hosta"],
        ["Ixium", "Jorium", "Kalvium", "Lorium", "Menium", "Norium", "Ostium", "Pavium"],
        ["Rastin", "Sebrin", "Tolfin", "Ursin", "Vasmin", "Wolbin", "Xeptin", "Yaldin"],
    ]
}
