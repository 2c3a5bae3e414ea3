import CPIS
import CPISFiles
import CPISOutbox
import CPISTestSupport
import Foundation
import NHSNumbers
import Synchronization
import Testing

@Suite("Outbox that looks after itself")
struct OutboxServiceTests {
  private final class Names: EventObserver {
    private let names = Tally<[String]>([])

    func observe(_ event: some ObservedEvent) {
      let text = event.name + (event.reason.map { " " + $0 } ?? "")
      names.add { $0.append(text) }
    }

    var all: [String] { names.value }
    func count(_ name: String) -> Int { all.count { $0 == name } }
  }

  /// Opens stores on one disk, and counts them.
  private final class Opener: Sendable {
    let fileSystem: MemoryFileSystem
    private let opened = Tally(0)
    private let refusals = Tally<[OutboxError]>([])

    init(_ fileSystem: MemoryFileSystem = MemoryFileSystem()) { self.fileSystem = fileSystem }

    var count: Int { opened.value }
    func refuse(_ errors: [OutboxError]) { refusals.add { $0 = errors } }

    func open() async throws(OutboxError) -> any OutboxStore {
      opened.add { $0 += 1 }
      let refusal = refusals.add { $0.isEmpty ? nil : $0.removeFirst() }
      if let refusal { throw refusal }
      return try await FileOutboxStore.open(fileSystem, folder: "/f")
    }
  }

  /// Fails each sync of a file while it is switched on.
  private final class Switch: Sendable {
    private let isOn = Tally(false)
    func turn(on: Bool) { isOn.add { $0 = on } }
    func fault(_ operation: FileSystemError.Operation) -> MemoryFileSystem.Fault? {
      operation == .sync && isOn.value ? .failAndForget : nil
    }
  }

  /// A service over a disk whose syncs can be made to fail, and what a test wants to know of it.
  private struct World {
    let failing = Switch()
    let names = Names()
    let clock = TestClock()
    let opener: Opener
    let service: OutboxService

    init() throws {
      let (failing, receiver) = (failing, Receiver())
      opener = Opener(MemoryFileSystem { _, operation in failing.fault(operation) })
      service = try OutboxService(
        delivery: receiver.delivery, sealer: nil, clock: clock, random: { 1 }, observer: names, open: opener.open)
    }
  }

  @Test("A store that stopped is closed and opened anew, and whoever waits is answered by the new one")
  func stopped() async throws {
    let world = try World()
    let (failing, names, opener, service) = (world.failing, world.names, world.opener, world.service)
    try await service.accept(try declaration(1, child: 1))
    failing.turn(on: true)
    // The second store cannot make its folder's segment durable either.
    await #expect(throws: SinkError(.unavailable)) { try await service.accept(try declaration(2, child: 2)) }
    failing.turn(on: false)
    try await service.accept(try declaration(2, child: 2))
    try await service.accept(try declaration(2, child: 2))
    #expect(opener.count == 3)
    #expect(await service.outbox?.counters.accepted == 2)

    let running = Task { await service.run() }
    try await eventually { await service.outbox?.counters.delivered == 2 }
    running.cancel()
    await running.value
    #expect(names.count("outbox.nobody_delivers") == 0)
    await service.close()
    #expect(opener.fileSystem.isAllClosedOnce)
    await #expect(throws: SinkError(.unavailable)) { try await service.accept(try declaration(3, child: 3)) }
  }

  @Test("While it runs, a store that stopped is replaced, also when opening fails at first, and delivery goes on")
  func runs() async throws {
    let world = try World()
    let (failing, names, clock, opener) = (world.failing, world.names, world.clock, world.opener)
    let service = world.service
    let running = Task { await service.run() }
    try await service.accept(try declaration(1, child: 1))
    try await eventually { await service.outbox?.counters.delivered == 1 }
    failing.turn(on: true)
    opener.refuse([OutboxError(.inUse), OutboxError(.inUse)])
    await #expect(throws: SinkError(.unavailable)) { try await service.accept(try declaration(2, child: 2)) }
    failing.turn(on: false)
    try await eventually {
      clock.advance(1)
      return names.count("outbox.store_failed inUse") == 2
    }
    try await eventually {
      clock.advance(1)
      return await service.outbox != nil
    }
    try await service.accept(try declaration(2, child: 2))
    try await eventually { await service.outbox?.counters.delivered == 2 }
    #expect(names.count("outbox.run_ended stopped") == 1)
    running.cancel()
    await running.value
    await service.close()
    #expect(opener.fileSystem.isAllClosedOnce)
  }

  @Test("Callers at once open one store, and a run ends when it is closed")
  func callersAtOnce() async throws {
    let opener = Opener()
    let service = try OutboxService(
      delivery: Delivery { _ in }, sealer: nil, clock: TestClock(), open: opener.open)
    let running = Task { await service.run() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 1...20 { group.addTask { try await service.accept(try declaration(index, child: index)) } }
      try await group.waitForAll()
    }
    #expect(opener.count == 1)
    await service.close()
    await running.value
    #expect(await service.outbox == nil)
  }

  @Test("A store that is being opened while its service is closed is closed, too")
  func closedWhileOpening() async throws {
    let opener = Opener()
    let (isOpening, mayOpen) = (Tally(false), Tally(false))
    let service = try OutboxService(
      delivery: Delivery { _ in }, sealer: nil, clock: TestClock()
    ) { () async throws(OutboxError) -> any OutboxStore in
      isOpening.add { $0 = true }
      try? await eventually { mayOpen.value }
      return try await opener.open()
    }
    let opening = Task { try await service.open() }
    try await eventually { isOpening.value }
    let closing = Task { await service.close() }
    try await Task.sleep(for: .milliseconds(20))
    mayOpen.add { $0 = true }
    await closing.value
    #expect(opener.count == 1 && opener.fileSystem.isAllClosedOnce)
    _ = await opening.result
    await #expect(throws: OutboxError(.closed)) { try await service.open() }
  }

  @Test("A store that knows of fewer notices than were accepted is told of as such")
  func olderContents() async throws {
    let (names, stores) = (Names(), Tally<[ObstructedStore]>([]))
    let service = try OutboxService(
      delivery: Delivery { _ in }, sealer: nil, clock: TestClock(), observer: names
    ) { () async throws(OutboxError) -> any OutboxStore in
      let store = ObstructedStore()
      stores.add { $0.append(store) }
      return store
    }
    try await service.accept(try declaration(1, child: 1))
    stores.value[0].obstruct { _ in OutboxError(.stopped) }
    try await service.accept(try declaration(2, child: 2))
    #expect(stores.value.count == 2)
    #expect(names.count("outbox.store_failed olderContents") == 1)
  }

  @Test("What opening finds is told, and a policy that makes no sense is refused before anything is opened")
  func findings() async throws {
    let opener = Opener()
    var journal = try Journal.open(opener.fileSystem, folder: "/f")
    for result in journal.apply([[.accepted(sampleItem(1))]]) { try result.get() }
    journal.close()
    let names = Names()
    var files = opener.fileSystem.disk.files
    let path = try #require(files.keys.first { $0.contains("journal-") })
    files[path]?[60] ^= 1
    let damaged = Opener(MemoryFileSystem(Disk(folder: "/f", files: files)))
    let service = try OutboxService(
      delivery: Delivery { _ in }, sealer: nil, clock: TestClock(), observer: names, open: damaged.open)
    try await service.open()
    #expect(names.all == ["outbox.found repaired"])
    await service.close()

    var policy = OutboxPolicy()
    policy.firstRetry = .zero
    #expect(throws: OutboxError.self) {
      _ = try OutboxService(delivery: Delivery { _ in }, sealer: nil, policy: policy, open: opener.open)
    }
  }

  @Test("When nobody delivers, state, events and inspection say so")
  func nobodyDelivers() async throws {
    let (names, clock, fileSystem) = (Names(), TestClock(), MemoryFileSystem())
    let store = try await FileOutboxStore.open(fileSystem, folder: "/f")
    let outbox = try await Outbox(
      store: store, delivery: Delivery { _ in }, sealer: nil, clock: clock, observer: names)
    let made = clock.now
    #expect(outbox.deliveryState == .nobody(since: made))
    try await outbox.accept(try declaration(1, child: 1))
    #expect(names.count("outbox.nobody_delivers") == 0)
    #expect(try !OutboxInspection.inspect(fileSystem, folder: "/f").nobodyDelivers(at: clock.now))
    for minutes in [5.0, 1, 4] {
      clock.advance(60 * minutes)
      try await outbox.accept(try declaration(Int(minutes) + 10, child: 1))
    }
    // Once in five minutes.
    #expect(names.count("outbox.nobody_delivers") == 2)
    let inspection = try OutboxInspection.inspect(fileSystem, folder: "/f")
    #expect(inspection.nobodyDelivers(at: clock.now))
    #expect(inspection.displayText(at: clock.now).contains("\nNOBODY DELIVERS, or long behind: "))

    try await outbox.drain()
    #expect(outbox.deliveryState == .nobody(since: clock.now))
    let running = Task { try await outbox.run() }
    try await eventually { outbox.deliveryState == .underWay }
    clock.advance(600)
    try await outbox.accept(try declaration(30, child: 1))
    #expect(names.count("outbox.nobody_delivers") == 2)
    await store.close()
    await #expect(throws: SinkError(.unavailable)) { try await outbox.accept(try declaration(31, child: 1)) }
    await #expect(throws: OutboxError(.closed)) { try await running.value }
    #expect(outbox.deliveryState == .ended(OutboxError(.closed)))
    #expect(names.count("outbox.run_ended closed") == 1)
  }

  @Test("A receiver that was tried is not nobody, however long it is away")
  func tried() async throws {
    let (clock, fileSystem) = (TestClock(), MemoryFileSystem())
    let store = try await FileOutboxStore.open(fileSystem, folder: "/f")
    let outbox = try await Outbox(
      store: store, delivery: Receiver { _, _ in DeliveryError(.unavailable) }.delivery, sealer: nil, clock: clock)
    for child in 1...3 { try await outbox.accept(try declaration(child, child: child)) }
    try await outbox.drain()
    clock.advance(3_600)
    #expect(try !OutboxInspection.inspect(fileSystem, folder: "/f").nobodyDelivers(at: clock.now))
    await store.close()
  }

  @Test("Closing erases what was delivered, and where the disk is full closes all the same")
  func closingErases() async throws {
    for isFull in [false, true] {
      let full = Tally(false)
      let fileSystem = MemoryFileSystem { _, operation in
        full.value && operation == .write ? .fail(.diskFull) : nil
      }
      let store = try await FileOutboxStore.open(fileSystem, folder: "/f")
      let outbox = try await Outbox(store: store, delivery: Delivery { _ in }, sealer: nil, clock: TestClock())
      try await outbox.accept(try declaration(1, child: 1))
      let patient = Array(try sampleNumber(1).wireForm.utf8)
      try await store.apply([.delivered(OutboxItem.Key(kind: .undeclaredAccess, id: sampleID(1)))])
      func isOnDisk() -> Bool {
        fileSystem.disk.files.values.contains { bytes in
          bytes.indices.contains { bytes[$0...].starts(with: patient) }
        }
      }
      #expect(isOnDisk())
      full.add { $0 = isFull }
      await store.close()
      #expect(isOnDisk() == isFull)
      #expect(fileSystem.isAllClosedOnce)
    }
  }
}
