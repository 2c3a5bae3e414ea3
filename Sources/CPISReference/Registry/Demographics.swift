public import CPIS
internal import Foundation
public import NHSNumbers

/// A stand-in for the Personal Demographics Service: who has which number.
public struct Demographics: Sendable, Redacting {
  /// A patient as the demographics service knows them.
  public struct Person: Hashable, Sendable, Redacting {
    /// The NHS number.
    public var number: NHSNumber
    /// The birth date.
    public var birthDay: CivilDay
    /// The family name.
    public var familyName: String
    /// The given names, in order.
    public var givenNames: [String]

    /// Makes a patient.
    public init(number: NHSNumber, birthDay: CivilDay, familyName: String, givenNames: [String]) {
      self.number = number
      self.birthDay = birthDay
      self.familyName = familyName
      self.givenNames = givenNames
    }
  }

  /// What the service knows of a number.
  @nonexhaustive
  public enum Status: Hashable, Sendable, Redacting {
    /// The service does not know it.
    case unknown
    /// The patient who has it.
    case known(Person)
    /// It exists and its record is sensitive: nothing else is said.
    case sensitive
    /// It is no longer in use. The numbers that replace it are given: none after an adoption or an invalidation.
    case superseded(by: [NHSNumber])
  }

  /// How to treat a number that was not added.
  @nonexhaustive
  public enum UnlistedNumbers: Hashable, Sendable {
    /// Nobody has it: a record with it is rejected with CPR01, as the service does.
    case unknown
    /// It belongs to whomever the upload says. For tools that are given uploads and no demographics.
    case trusted
  }

  /// How to treat a number that was not added.
  public var unlistedNumbers: UnlistedNumbers

  /// Whether the service is available. While it is not, every upload is refused with CPF05.
  public var isAvailable = true

  private var people: [NHSNumber: Person] = [:]
  private var sensitive: Set<NHSNumber> = []
  private var superseded: [NHSNumber: [NHSNumber]] = [:]

  /// Makes a service that knows the given patients.
  public init(_ people: [Person] = [], unlistedNumbers: UnlistedNumbers = .unknown) {
    self.unlistedNumbers = unlistedNumbers
    for person in people { add(person) }
  }

  /// Adds a patient, replacing what was known of the number.
  public mutating func add(_ person: Person) { people[person.number] = person }

  /// Marks the record of a number as sensitive, or no longer so.
  public mutating func setSensitive(_ isSensitive: Bool, for number: NHSNumber) {
    if isSensitive { sensitive.insert(number) } else { sensitive.remove(number) }
  }

  /// Takes a number out of use.
  ///
  /// - Parameters:
  ///   - number: the number that is no longer used.
  ///   - replacements: the numbers to use instead; empty after an adoption or an invalidation.
  public mutating func supersede(_ number: NHSNumber, by replacements: [NHSNumber]) {
    superseded[number] = replacements
  }

  /// What is known of a number.
  ///
  /// A sensitive record is reported as sensitive and no more, even when its number is also superseded.
  /// - Complexity: O(1).
  public func status(of number: NHSNumber) -> Status {
    if sensitive.contains(number) { return .sensitive }
    if let replacements = superseded[number] { return .superseded(by: replacements) }
    if let person = people[number] { return .known(person) }
    return .unknown
  }

  /// The numbers out of use, in order.
  var supersededNumbers: [NHSNumber] { superseded.keys.sorted() }

  /// The numbers that replace one out of use; `nil` while it is in use.
  func replacements(of number: NHSNumber) -> [NHSNumber]? { superseded[number] }
}

extension Demographics {
  /// Compares the person of an upload record with what is known of the number.
  ///
  /// Number, birth date and family name must be equal, and one of three comparisons of given names must succeed:
  /// all with all, first with first, first with any [S]. Case, diacritics and the width of spaces are ignored [D].
  ///
  /// - Throws: `UploadFault` with CPR01, CPR02, CPR05 or CPR03, checked in this order.
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
    // This covers the first with the first, which is the usual case.
    return known.contains { ComparableName($0) == first }
  }
}

/// A name in the form in which names are compared: without case, diacritics or the width of spaces.
private struct ComparableName: Hashable {
  private let folded: String

  init(_ name: String) {
    let words = name.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    // Most names are ASCII, and a file may hold 200,000 of them, so only the others are folded.
    folded =
      words.utf8.allSatisfy { $0 < 0x80 }
      ? words.lowercased() : words.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
  }
}
