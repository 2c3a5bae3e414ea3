/// The names and namespaces that a caller tells apart.
///
/// The reader gives a name by its number in the vocabulary, so that nobody compares texts, and no name of a foreign
/// document finds its way into an error: every other name is `nil`.
package final class XMLVocabulary: Sendable {
  /// The namespaces, by their numbers.
  package let namespaces: [String]
  /// The names of elements and attributes, without prefixes, by their numbers.
  package let names: [String]
  /// For each name, whether an ``XMLPath`` counts the elements of that name.
  let isCounted: [Bool]

  /// The bytes of all names, one after the other, in the order of their buckets.
  private let bytes: [UInt8]
  /// The number of each name, and where its bytes begin, in that order.
  private let entries: [(number: Int, start: Int, length: Int)]
  /// For each bucket, where its entries begin; one more at the end.
  private let buckets: [Int]

  private static let bucketCount = 256

  /// Makes a vocabulary.
  ///
  /// - Parameters:
  ///   - names: each once, in any order.
  ///   - counted: the names of elements of which a parent may have several, by their numbers.
  package init(namespaces: [String], names: [String], counted: Set<Int> = []) {
    self.namespaces = namespaces
    self.names = names
    isCounted = names.indices.map(counted.contains)
    var inBuckets = [[Int]](repeating: [], count: Self.bucketCount)
    for (number, name) in names.enumerated() {
      let text = Array(name.utf8)
      inBuckets[Self.bucket(text.span, text.indices)].append(number)
    }
    var (bytes, entries, buckets): ([UInt8], [(number: Int, start: Int, length: Int)], [Int]) = ([], [], [])
    for bucket in inBuckets {
      buckets.append(entries.count)
      for number in bucket {
        entries.append((number, bytes.count, names[number].utf8.count))
        bytes.append(contentsOf: names[number].utf8)
      }
    }
    buckets.append(entries.count)
    (self.bytes, self.entries, self.buckets) = (bytes, entries, buckets)
  }

  /// The number of a name; `nil` when it is none of the vocabulary.
  func number(of text: Span<UInt8>, _ range: Range<Int>) -> Int? {
    let bucket = Self.bucket(text, range)
    let name = text.extracting(range)
    for place in buckets[bucket]..<buckets[bucket + 1] where entries[place].length == name.count {
      let start = entries[place].start
      var offset = 0
      while offset < name.count, name[offset] == bytes[start + offset] { offset += 1 }
      if offset == name.count { return entries[place].number }
    }
    return nil
  }

  /// Names that differ in length, near the middle or at the end mostly fall into different buckets.
  private static func bucket(_ text: Span<UInt8>, _ range: Range<Int>) -> Int {
    guard let last = range.last else { return 0 }
    let middle = range.lowerBound + range.count / 2
    return (range.count &* 31 &+ Int(text[middle]) &* 7 &+ Int(text[last]) &* 13) & (bucketCount - 1)
  }
}
