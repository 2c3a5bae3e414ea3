public import CPIS
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
  public enum Status: Hashable, Sendable, Redacting {
    /// Nothing.
    case unknown
    /// Who has it.
    case known(Person)
    /// It exists, and its record is sensitive: nothing else is said.
    case sensitive
    /// It is no longer in use. The numbers that replace it; none after an adoption or an invalidation.
    case superseded(by: [NHSNumber])
  }

  /// What to make of a number that the stand-in was not told of.
  public enum UnlistedNumbers: Hashable, Sendable {
    /// Nobody has it: an upload of it is refused with CPR01, as the service does.
    case unknown
    /// Take the upload's word for who has it. For tools that are given uploads and no demographics.
    case trusted
  }

  /// What to make of a number that the stand-in was not told of.
  public var unlistedNumbers: UnlistedNumbers

  /// Whether the service answers. While it does not, every upload is refused with CPF05.
  public var isAvailable = true

  private var people: [NHSNumber: Person] = [:]
  private var sensitive: Set<NHSNumber> = []
  private var superseded: [NHSNumber: [NHSNumber]] = [:]

  /// Makes a service that knows the given patients.
  public init(_ people: [Person] = [], unlistedNumbers: UnlistedNumbers = .unknown) {
    self.unlistedNumbers = unlistedNumbers
    for person in people { add(person) }
  }

  /// Adds a patient, in place of what was known of the number.
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
  /// A sensitive record says so and no more, even where its number was also superseded.
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
