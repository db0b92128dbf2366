// The PC to learn on plays a whole job to its end, in no time: its clock is held back by the screens only.
#include "tui/session/practice.h"

#include <doctest/doctest.h>

#include "tui/session/follow.h"

namespace relance {
namespace {

DriveFacts only_drive(Session& session) {
  const std::vector<DriveFacts> drives = session.drives({}).value();
  REQUIRE(drives.size() == 1);
  return drives.front();
}

TEST_SUITE("practice") {
  TEST_CASE("one drive, called what it is, erased and read back without stick and key") {
    Practice practice(7, 1'800'000'000);
    const std::unique_ptr<Session> session = Session::without_profile(practice.bench());
    const DriveFacts drive = only_drive(*session);
    CHECK(drive.kind == DriveKind::Simulated);
    CHECK(session->executor().pc_clock_s() == 1'800'000'000);

    std::vector<Planned> plans = session->plan({.drives = {drive.path}, .number = "DEF-04217-8"}).value();
    const auto run = session->start(std::move(plans), {drive.confirm_word});
    REQUIRE(run.ok());
    const std::vector<DriveOutcome> outcomes = follow(*session, *run.value(), [](const message::Tick&) {});

    REQUIRE(outcomes.size() == 1);
    CHECK(outcomes[0].exit == ExitCode::Done);
    CHECK(outcomes[0].certificate.empty());
    CHECK(session->executor().now().since_zero > std::chrono::seconds(10));
  }

  TEST_CASE("the seed chooses the PC") {
    const auto serial = [](std::uint64_t seed) {
      Practice practice(seed, 0);
      return only_drive(*Session::without_profile(practice.bench())).identity.serial;
    };
    CHECK(serial(1) == serial(1));
    CHECK(serial(1) != serial(2));
  }
}

}  // namespace
}  // namespace relance
