internal import CPIS
internal import Foundation
internal import NHSNumbers

extension Demographics {
  /// Holds the person of an upload record against what is known of the number.
  ///
  /// Number, birth date and family name must be equal, and one of three comparisons of given names must succeed:
  /// all with all, first with first, first with any [S]. Case and diacritics do not count, nor does the width of
  /// a space [D].
  ///
  /// - Throws: `UploadFault` with CPR01, CPR02, CPR05 or CPR03, looked for in this order.
  func verify(_ person: ValidatedRecord.Person) throws(UploadFault) {
    switch status(of: person.number) {
    case .unknown:
      guard unlistedNumbers == .trusted else { throw UploadFault(.nhsNumberUnknown, at: .subject(1)) }
    case .sensitive: throw UploadFault(.nhsNumberSensitive, at: .subject(1))
    case .superseded: throw UploadFault(.nhsNumberSuperseded, at: .subject(1))
    case .known(let known):
      guard known.birthDay == person.birthDay,
        ComparableName(known.familyName) == ComparableName(person.familyName),
        Self.givenNamesMatch(sent: person.givenName, known: known.givenNames)
      else { throw UploadFault(.demographicsDiffer, at: .subject(1)) }
    }
  }

  private static func givenNamesMatch(sent: String, known: [String]) -> Bool {
    let sentNames = sent.split(whereSeparator: \.isWhitespace).map(String.init)
    guard let first = sentNames.first.map(ComparableName.init) else { return false }
    if ComparableName(sent) == ComparableName(known.joined(separator: " ")) { return true }
    // First with first is the likely case of first with any.
    return known.contains { ComparableName($0) == first }
  }
}

/// A name as names are compared: case, diacritics and the width of spaces do not count.
struct ComparableName: Hashable {
  private let folded: String

  init(_ name: String) {
    let words = name.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    // Most names are ASCII, and a file may hold 200,000 of them: folding is for the others.
    folded =
      words.utf8.allSatisfy { $0 < 0x80 }
      ? words.lowercased() : words.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
  }
}
