import Foundation
import XCTest

@testable import RealtimeCore

private func frame(_ number: Int) -> Frame<Int> {
    Frame(image: 10 * number, number: number, captureNanos: 0)
}

/// What threads wait with: cancellations, the clock, and the mailbox of a camera's frames.
final class WaitingTests: XCTestCase {
    /// Runs something on a thread of its own that is cancelled as soon as it waits; it must end.
    private func cancelled(_ body: @escaping @Sendable (Cancellation) throws -> Void, line: UInt = #line) {
        for delay in [0, 1_000, 100_000, 2_000_000] {
            let cancellation = Cancellation()
            let ended = Event()
            let wasCancelled = Monitor(false)
            Thread {
                do {
                    try body(cancellation)
                } catch {
                    wasCancelled.withLock { $0 = error is CancellationError }
                }
                ended.happen()
            }.start()
            rest(delay)
            cancellation.cancel()
            cancellation.cancel()
            XCTAssertTrue(ended.came(), line: line)
            XCTAssertTrue(wasCancelled.withLock { $0 }, line: line)
            XCTAssertTrue(cancellation.isCancelled, line: line)
        }
    }

    func testACancellationEndsEveryKindOfWaiting() throws {
        cancelled { try SystemClock().sleep(until: Int.max / 2, cancellation: $0) }
        cancelled { _ = try FrameMailbox<Int>().take(cancellation: $0) }
        cancelled { _ = try FrameExchange<Int>(log: FrameLog()).await(cancellation: $0) }
    }

    func testTheSystemsClockSleepsAtLeastAsLongAsAsked() throws {
        let clock = SystemClock()
        let cancellation = Cancellation()
        let end = clock.nanoTime() + 3_000_000
        try clock.sleep(until: end, cancellation: cancellation)
        XCTAssertGreaterThanOrEqual(clock.nanoTime(), end)
        try clock.sleep(until: 0, cancellation: cancellation)
        XCTAssertGreaterThan(clock.epochMillis(), 1_500_000_000_000)
        cancellation.cancel()
        XCTAssertThrowsError(try clock.sleep(until: 0, cancellation: cancellation)) {
            XCTAssertTrue($0 is CancellationError)
        }
    }

    func testAMailboxKeepsTheNewestFrameAndThenEnds() throws {
        let mailbox = FrameMailbox<Int>()
        let never = Cancellation()
        mailbox.put(frame(1))
        mailbox.put(frame(2))
        XCTAssertEqual(try mailbox.take(cancellation: never)?.image, 20)
        mailbox.put(frame(3))
        mailbox.end()
        mailbox.put(frame(4))
        XCTAssertEqual(try mailbox.take(cancellation: never)?.number, 3)
        XCTAssertNil(try mailbox.take(cancellation: never))
        XCTAssertNil(try mailbox.take(cancellation: never))
    }

    func testAMailboxThatFailsSaysSoAtOnce() throws {
        let mailbox = FrameMailbox<Int>()
        mailbox.put(frame(1))
        mailbox.fail(.frame("the camera was taken away"))
        mailbox.fail(.frame("and again"))
        for _ in 0..<2 {
            assertRefused("the camera was taken away") { try mailbox.take(cancellation: Cancellation()) }
        }
    }

    func testAMailboxHandsFramesFromThreadToThread() throws {
        let mailbox = FrameMailbox<Int>()
        Thread {
            for number in 0..<5_000 {
                mailbox.put(frame(number))
            }
            mailbox.end()
        }.start()
        var last = -1
        while let taken = try mailbox.take(cancellation: Cancellation()) {
            XCTAssertGreaterThan(taken.number, last)
            last = taken.number
        }
        XCTAssertEqual(last, 4_999, "the newest is never lost")
    }

    func testAnExchangeCountsWhatBecomesOfEachFrame() throws {
        let log = FrameLog()
        let exchange = FrameExchange<Int>(log: log)
        exchange.offer(FetchedFrame(frame: frame(1), row: nil))
        exchange.offer(FetchedFrame(frame: frame(2), row: nil))
        XCTAssertTrue(try exchange.await(cancellation: Cancellation()))
        XCTAssertEqual(exchange.take()?.frame.number, 2)
        XCTAssertNil(exchange.take())
        exchange.offer(FetchedFrame(frame: frame(3), row: nil))
        exchange.abandon()
        exchange.abandon()
        exchange.offer(FetchedFrame(frame: frame(4), row: nil))
        XCTAssertFalse(try exchange.await(cancellation: Cancellation()))
        XCTAssertEqual(log.dropped(.replacedByNewer), 1)
        XCTAssertEqual(log.dropped(.stopped), 2)
    }
}
