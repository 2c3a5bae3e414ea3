/// What of the caller's words may be written on standard error, which ends up in logs and tickets.
///
/// A word in the wrong place may be a patient's number, or a part of one. So whatever was not understood is repeated
/// only without digits, and everything that repeats a word does it through here.
enum Repeating {
  /// What a word is, and the word itself when it has no digit: `an unexpected word: 'now'`.
  static func told(_ what: String, _ word: String) -> String {
    word.contains(where: \.isNumber) ? "\(what) (not repeated)" : "\(what): '\(word)'"
  }

  /// A path as it was given, without whatever in it is as long as a number of a patient, and without what could pass
  /// for another line or colour the terminal.
  static func path(_ path: String) -> String {
    let shown = String(
      String.UnicodeScalarView(path.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    return shown.replacing(/\d(?:[^\p{L}\d\/]{0,2}\d){9,}/, with: "…")
  }

  /// Whether a word is a number, or a part of one that was not put in quotes: digits, with spaces and hyphens only.
  static func isLikeNumber(_ word: String) -> Bool {
    word.contains(where: \.isNumber) && word.allSatisfy { $0.isNumber || $0 == " " || $0 == "-" }
  }
}
