import CPIS
import Foundation
import NHSNumbers

/// The words after a command, sorted into flags, options and the rest.
///
/// Written here because the package has no dependencies. It knows `--flag`, `--option value`, `--option=value`,
/// options that take all words up to the next option, and `--` before words that begin with a dash. A single dash
/// is a word, and stands for standard input where a command reads that.
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

extension Arguments {
  /// The instant that an option names as a time on UK clocks; now when the option is not given.
  func time(_ name: String) throws(CommandFailure) -> Date {
    guard let text = value(name) else { return Date() }
    let digits = text.filter { !"-T:".contains($0) }
    guard let time = CivilTime(compact: digits) else {
      guard digits.utf8.count == 12, digits.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) else {
        throw .usage("\(name) needs a time as 2026-11-21T02:14")
      }
      throw .usage(CivilDay(compact: digits.prefix(8)) == nil ? "\(name): no such day" : "\(name): no such time")
    }
    let instant = UnitedKingdomTime.instant(of: time)
    // The library moves a time in the hour that is skipped in March one hour on. Somebody who types one is
    // mistaken.
    guard UnitedKingdomTime.civilTime(at: instant) == time else {
      throw .usage("\(name): no such time; UK clocks went forward over it")
    }
    return instant
  }
}

/// What may be repeated of the caller's words on standard error, which ends up in logs and tickets.
///
/// A word in the wrong place may be a patient's number, or part of one. So a word that was not understood is
/// repeated only when it has no digits, and everything that repeats a word does so through these functions.
enum Repeating {
  /// What a word is, followed by the word when it has no digits: `an unexpected word: 'now'`.
  static func told(_ what: String, _ word: String) -> String {
    word.contains(where: \.isNumber) ? "\(what) (not repeated)" : "\(what): '\(word)'"
  }

  /// A path as it was given, with the digits of anything as long as a patient's number as `#`, and without characters
  /// that could start another line, colour the terminal or reorder what it shows.
  static func path(_ path: String) -> String {
    if path == "-" { return "standard input" }
    return clean(NumberMask.masked(clean(path)))
  }

  private static func clean(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { isUnsafe($0) ? " " : $0 }))
  }

  private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x61C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: scalar.properties.generalCategory == .control
    }
  }

  /// Whether a word is a number, or part of one that was not quoted: only digits, spaces and hyphens.
  static func isLikeNumber(_ word: String) -> Bool {
    word.contains(where: \.isNumber) && word.allSatisfy { $0.isNumber || $0 == " " || $0 == "-" }
  }
}
