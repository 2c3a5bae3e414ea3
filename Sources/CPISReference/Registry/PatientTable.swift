internal import NHSNumbers

/// Finds what is kept under a number. Nearly every look-up finds nothing, so that case costs one probe.
struct PatientTable {
  private var places: [NHSNumber: Int] = [:]
  private var entries: [PatientEntry] = []

  /// How many numbers it holds.
  var count: Int { entries.count }

  /// Where the entry of a number is; `nil` when nothing was ever kept under it.
  func place(of number: NHSNumber) -> Int? { places[number] }

  /// The entry at a place.
  subscript(place: Int) -> PatientEntry { entries[place] }

  /// Changes the entry at a place.
  mutating func change<Result>(_ place: Int, _ body: (inout PatientEntry) -> Result) -> Result {
    body(&entries[place])
  }

  /// The place of a number's entry, made when there is none.
  mutating func placeForWriting(_ number: NHSNumber) -> Int {
    if let place = places[number] { return place }
    places[number] = entries.count
    entries.append(PatientEntry())
    return entries.count - 1
  }
}
