/// The open elements with their positions, for an XPath: `/File/record[3]/name`.
package struct XMLPath: Sendable {
  private struct Step {
    var name: Int?
    /// Which of its name among the children of its parent, from 1; `nil` for a name that is not counted.
    var position: Int?
    /// Where the counts of its children begin.
    var counts: Int
  }

  private let vocabulary: XMLVocabulary
  private var steps: [Step] = []
  /// How many children of a name the open elements have had, for each counted name: those of the outermost first.
  private var counts: [(name: Int, count: Int)] = []

  init(_ vocabulary: XMLVocabulary) { self.vocabulary = vocabulary }

  mutating func enter(_ name: Int?) {
    var position: Int?
    if let name, vocabulary.isCounted[name], let parent = steps.last {
      position = count(name, from: parent.counts)
    }
    steps.append(Step(name: name, position: position, counts: counts.count))
  }

  private mutating func count(_ name: Int, from start: Int) -> Int {
    var place = start
    while place < counts.count {
      if counts[place].name == name {
        counts[place].count += 1
        return counts[place].count
      }
      place += 1
    }
    counts.append((name, 1))
    return 1
  }

  mutating func leave() {
    guard let step = steps.popLast() else { return }
    counts.removeLast(counts.count - step.counts)
  }

  /// The path without the innermost element.
  package var parent: XMLPath {
    var parent = self
    parent.leave()
    return parent
  }

  /// The path as text. Names that are not of the vocabulary show as `*`. Empty outside of the root.
  package var text: String {
    steps.reduce(into: "") { path, step in
      path += "/" + (step.name.map { vocabulary.names[$0] } ?? "*")
      if let position = step.position { path += "[\(position)]" }
    }
  }
}
