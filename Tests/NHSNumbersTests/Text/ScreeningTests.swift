import CPISTestSupport
import NHSNumbers
import Testing

@Suite("Screening a text")
struct ScreeningTests {
  @Test("Screening finds what reading and looking up find", arguments: [0, 1, 10, 100])
  func agreement(hits: Int) throws {
    var random = SeededGenerator(seed: UInt64(hits))
    let keys = Numbers.random(3000, seed: 71)
    let others = Numbers.random(6000, seed: 72)
    let index = NHSNumberIndex(keys)
    var text = ""
    for _ in 0..<7000 {
      let isHit = Int.random(in: 0..<100, using: &random) < hits
      let number = (isHit ? keys : others).randomElement(using: &random) ?? keys[0]
      text += Bool.random(using: &random) ? number.wireForm : number.formatted()
      if Int.random(in: 0..<50, using: &random) == 0 { text += "!" }
      text += Bool.random(using: &random) ? "\n" : "\r\n"
    }
    let bytes = Array(text.utf8)
    let screening = try index.screen(bytes: bytes)
    let list = try NHSNumberList(parsing: bytes)
    #expect(screening.numberCount == list.numbers.count)
    #expect(screening.faults == list.faults)
    let expected = list.numbers.indices.compactMap { offset in
      index.position(of: list.numbers[offset]).map { [list.line(ofNumberAt: offset), $0] }
    }
    #expect(screening.matches.map { [$0.line, $0.position] } == expected)
  }

  @Test("A CSV column is screened as well")
  func csv() throws {
    let keys = Numbers.strided(from: 999_000_000, count: 10)
    let index = NHSNumberIndex(keys)
    let text = "id,nhs\n1,\(keys[3].wireForm)\n2,9999999999\n3,\"\(keys[5].formatted())\"\n"
    let screening = try index.screen(bytes: Array(text.utf8), column: .csv(named: "nhs"))
    #expect(screening.matches.map(\.line) == [2, 4])
    #expect(screening.matches.map(\.position) == [keys[3], keys[5]].map { index.position(of: $0) })
    #expect(screening.numberCount == 3)
  }
}
