public import CPIS

/// How notices leave an outbox.
public struct Delivery: Sendable {
  let deliver: @Sendable (Notice) async throws(DeliveryError) -> Void

  /// Delivers with a closure.
  ///
  /// Returning means that the receiver answers for the notice now. It may get the same one again, with the same
  /// `Notice.id`: after a crash, or when an answer was lost. It must give up by itself after a time, as an
  /// item under way holds the later ones of its patient back.
  public init(_ deliver: @escaping @Sendable (Notice) async throws(DeliveryError) -> Void) {
    self.deliver = deliver
  }

  /// Hands every notice to a sink.
  public static func sink(_ sink: some NotificationSink) -> Delivery {
    Delivery { (notice) throws(DeliveryError) in
      do throws(SinkError) { try await sink.accept(notice) } catch { throw DeliveryError(error) }
    }
  }

  /// Declares undeclared accesses to a registry, each with its original author, organisation, setting and time, and
  /// hands all other notices to a sink.
  public static func declarations(
    to registry: some RegistryClient, others sink: some NotificationSink
  ) -> Delivery {
    let others = Delivery.sink(sink)
    return Delivery { (notice) throws(DeliveryError) in
      guard case .undeclaredAccess(let undeclared) = notice else { return try await others.deliver(notice) }
      do throws(RegistryError) { try await registry.declare(undeclared.access) } catch {
        throw DeliveryError(error)
      }
    }
  }
}
