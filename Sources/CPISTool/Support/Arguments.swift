/// The words after a command, sorted into flags, options and the rest.
///
/// Our own because the package has no dependencies; it knows `--flag`, `--option value`, `--option=value`, options
/// that take all words up to the next option, and `--` before words that begin with a dash. A dash alone is a word, and
/// stands for standard input where a command reads it.
struct Arguments {
  /// What an option takes.
  enum Arity {
    case none, one, many
    /// One value each time; the option may be given again.
    case each
  }

  private var values: [String: [String]] = [:]
  private(set) var rest: [String] = []

  /// Sorts words by the options a command has.
  init(_ words: [String], options: [String: Arity]) throws(CommandFailure) {
    var words = words[...]
    while let word = words.popFirst() {
      if word == "--" {
        rest += words
        return
      }
      guard Self.isOption(word) else {
        rest.append(word)
        continue
      }
      let (name, attached) = Self.split(word)
      guard let arity = options[name] else { throw .usage(Repeating.told("an unknown option", name)) }
      guard arity == .many || arity == .each || values[name] == nil else { throw .usage("\(name) is given twice") }
      switch (arity, attached) {
      case (.none, nil): values[name] = []
      case (.none, _): throw .usage("\(name) takes no value")
      case (_, let value?): values[name, default: []].append(value)
      case (.one, nil), (.each, nil):
        guard let value = words.popFirst(), !Self.isOption(value) else { throw .usage("\(name) needs a value") }
        values[name, default: []].append(value)
      case (.many, nil):
        let taken = words.prefix { !Self.isOption($0) }
        guard !taken.isEmpty else { throw .usage("\(name) needs a value") }
        values[name, default: []] += taken
        words = words.dropFirst(taken.count)
      }
    }
  }

  /// Whether a flag is given.
  func has(_ name: String) -> Bool { values[name] != nil }

  /// The value of an option; `nil` when it is not given.
  func value(_ name: String) -> String? { values[name]?.first }

  /// All values of an option; empty when it is not given.
  func all(_ name: String) -> [String] { values[name] ?? [] }

  private static func isOption(_ word: String) -> Bool { word.hasPrefix("-") && word != "-" }

  private static func split(_ word: String) -> (name: String, value: String?) {
    guard let equals = word.firstIndex(of: "=") else { return (word, nil) }
    return (String(word[..<equals]), String(word[word.index(after: equals)...]))
  }
}
