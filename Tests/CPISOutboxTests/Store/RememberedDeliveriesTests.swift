import CPISFiles
import CPISOutbox
import CPISTestSupport
import Testing

@Suite("Remembered deliveries")
struct RememberedDeliveriesTests {
  @Test("A contents says how many deliveries its store remembers", arguments: [0, 7, 20_000])
  func capacity(count: Int) async throws {
    var options = Journal.Options()
    options.rememberedKeys = count
    let file = try await FileOutboxStore.open(MemoryFileSystem(), folder: "/f", options: options)
    #expect(try await file.contents().rememberedDeliveries == count)
    let memory = InMemoryOutboxStore(rememberedDeliveries: count)
    #expect(try await memory.contents().rememberedDeliveries == count)
  }
}
