internal import NHSNumbers

/// Finds what is kept under a number. Nearly every look-up finds nothing, so that case costs least.
struct PatientTable {
  /// Where entries are, but for the latest.
  private var places = NHSNumberTable<Int>()
  /// Where the latest are: a table is edited as a whole, so edits are collected.
  private var latest: [NHSNumber: Int] = [:]
  private var entries: [PatientEntry] = []

  /// How many numbers it holds.
  var count: Int { entries.count }

  /// Where the entry of a number is; `nil` when nothing was ever kept under it.
  func place(of number: NHSNumber) -> Int? { places[number] ?? (latest.isEmpty ? nil : latest[number]) }

  /// The entry at a place.
  subscript(place: Int) -> PatientEntry { entries[place] }

  /// Changes the entry at a place.
  mutating func change<Result>(_ place: Int, _ body: (inout PatientEntry) -> Result) -> Result {
    body(&entries[place])
  }

  /// The place of a number's entry, made when there is none.
  mutating func placeForWriting(_ number: NHSNumber) -> Int {
    if let place = place(of: number) { return place }
    latest[number] = entries.count
    entries.append(PatientEntry())
    // An eighth of the whole at a time: each entry is moved a few times in all, however many come.
    if latest.count > 1000 + places.count / 8 {
      places = places.applying(upserts: latest.map { ($0.key, $0.value) }, removals: [])
      latest = [:]
    }
    return entries.count - 1
  }
}
