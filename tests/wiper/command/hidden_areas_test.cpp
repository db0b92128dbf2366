#include "wiper/command/hidden_areas.h"

#include <doctest/doctest.h>

#include "tests/support/ata_block.h"
#include "wiper/command/ata_commands.h"

namespace relance {
namespace {

constexpr std::uint64_t kCurrent = 976773168;
constexpr std::uint64_t kNative = 1953525168;
constexpr std::uint64_t kFactory = 1953525169;

AtaReply registers(std::uint64_t lba) { return {false, AtaRegisters{.status = 0x50, .lba = lba}, {}}; }
AtaReply data(Bytes block) { return {false, std::nullopt, std::move(block)}; }
const AtaReply kRefused{true, AtaRegisters{.error = 0x04, .status = 0x51}, {}};

// Opcode and feature wanted → answers, one after the other; the last one again and again. What is not listed is refused.
class ScriptedAtaPort : public AtaPort {
 public:
  using Key = std::pair<std::uint8_t, std::uint16_t>;
  std::map<Key, std::vector<Result<AtaReply>>> answers;
  std::vector<AtaCommand> sent;

  Result<AtaReply> submit(const AtaCommand& command) override {
    sent.push_back(command);
    const auto found = answers.find({command.opcode, command.feature});
    if (found == answers.end()) return kRefused;
    const Result<AtaReply> answer = found->second.front();
    if (found->second.size() > 1) found->second.erase(found->second.begin());
    return answer;
  }
};

constexpr ScriptedAtaPort::Key kIdentify{ata::kIdentifyDevice, 0};
constexpr ScriptedAtaPort::Key kNativeMax{ata::kReadNativeMaxExt, 0};
constexpr ScriptedAtaPort::Key kNativeMax28{ata::kReadNativeMax, 0};
constexpr ScriptedAtaPort::Key kSetMax{ata::kSetMaxExt, 0};
constexpr ScriptedAtaPort::Key kAccessible{ata::kAccessibleMax, ata::kAccessibleMaxGet};
constexpr ScriptedAtaPort::Key kSetAccessible{ata::kAccessibleMax, ata::kAccessibleMaxSet};
constexpr ScriptedAtaPort::Key kConfiguration{ata::kDeviceConfiguration, ata::kDcoIdentify};
constexpr ScriptedAtaPort::Key kRestore{ata::kDeviceConfiguration, ata::kDcoRestore};

// Words 82, 83: neither host protected area nor overlay, no 119: no AMAC either.
const std::map<std::size_t, unsigned> kNeither{{82, 0x7063}, {83, 0x7469}};

AtaReply identify(const std::map<std::size_t, unsigned>& changes = {}) { return data(identify_block(changes)); }
AtaReply identify_grown() { return identify({{100, 0x6DB0}, {101, 0x7470}}); }

TEST_SUITE("hidden areas") {
  TEST_CASE("a drive that says it has neither command hides nothing that way, and is asked nothing more") {
    ScriptedAtaPort port;
    port.answers[kIdentify] = {identify(kNeither)};

    const HiddenAreas areas = read_hidden_areas(port).value();

    CHECK(areas == HiddenAreas{kCurrent, {SizeAnswer::NoSuchCommand, 0}, {SizeAnswer::NoSuchCommand, 0}});
    CHECK(areas.are_known());
    CHECK(areas.largest_blocks() == kCurrent);
    CHECK(port.sent.size() == 1);
  }

  TEST_CASE("three sizes, as the drive gives them") {
    ScriptedAtaPort port;
    port.answers[kIdentify] = {identify()};
    port.answers[kNativeMax] = {registers(kNative - 1)};
    port.answers[kConfiguration] = {data(configuration_block(kFactory))};

    const HiddenAreas areas = read_hidden_areas(port).value();

    CHECK(areas == HiddenAreas{kCurrent, {SizeAnswer::Known, kNative}, {SizeAnswer::Known, kFactory}});
    CHECK(areas.are_known());
    CHECK(areas.largest_blocks() == kFactory);
    for (const AtaCommand& command : port.sent) CHECK(changes_nothing(command));
  }

  TEST_CASE("where there is AMAC it is asked, and READ NATIVE MAX is not") {
    ScriptedAtaPort port;
    port.answers[kIdentify] = {identify({{83, 0x7569}, {119, 0x4100}})};
    port.answers[kAccessible] = {registers(kNative - 1)};

    CHECK(read_hidden_areas(port).value().native == AskedSize{SizeAnswer::Known, kNative});
    for (const AtaCommand& command : port.sent) CHECK(command.opcode != ata::kReadNativeMaxExt);
  }

  TEST_CASE("a refusal is not an absence") {
    ScriptedAtaPort port;
    port.answers[kIdentify] = {identify()};

    const HiddenAreas areas = read_hidden_areas(port).value();

    CHECK(areas.native.answer == SizeAnswer::Denied);
    CHECK(areas.factory.answer == SizeAnswer::Denied);
    CHECK(!areas.are_known());
  }

  TEST_CASE("an answer that did not come whole is unknown") {
    ScriptedAtaPort port;
    port.answers[kIdentify] = {identify()};
    AtaReply cut = registers(kCurrent - 1);
    cut.registers->lba_is_whole = false;
    Bytes damaged = configuration_block(kFactory);
    damaged[6] ^= std::byte{1};
    for (const Result<AtaReply>& native :
         {Result<AtaReply>(cut), Result<AtaReply>(AtaReply{}), Result<AtaReply>(registers(0)),
          Result<AtaReply>(Error{Errc::Timeout, Stop::DriveSick, "late"})}) {
      port.answers[kNativeMax] = {native};
      port.answers[kConfiguration] = {data(damaged)};
      const HiddenAreas areas = read_hidden_areas(port).value();
      CHECK(areas.native == AskedSize{SizeAnswer::Unknown, 0});
      CHECK(areas.factory == AskedSize{SizeAnswer::Unknown, 0});
    }
  }

  TEST_CASE("a drive that does not say what it is leaves all unknown; one that is gone is an error") {
    ScriptedAtaPort port;
    port.answers[kIdentify] = {data(Bytes(512))};
    CHECK(read_hidden_areas(port).value() == HiddenAreas{});
    CHECK(!read_hidden_areas(port).value().are_known());
    port.answers[kIdentify] = {Error{Errc::Unsupported, Stop::DriveSick, "a bridge"}};
    CHECK(!read_hidden_areas(port).value().are_known());
    port.answers[kIdentify] = {Error{Errc::Gone, Stop::DriveGone, "pulled"}};
    CHECK(read_hidden_areas(port).error().code == Errc::Gone);
    port.answers[kIdentify] = {identify()};
    port.answers[kNativeMax] = {Error{Errc::Gone, Stop::DriveGone, "pulled"}};
    CHECK(read_hidden_areas(port).error().code == Errc::Gone);
  }

  TEST_CASE("28-bit drives answer in three registers and a half; all ones mean 'at least'") {
    AtaReply reply = registers(0x6DAF38);
    reply.registers->device = 0xEA;
    CHECK(native_size_in(reply, false) == AskedSize{SizeAnswer::Known, 0x0A6DAF39});
    reply = registers(0xFFFFFF);
    reply.registers->device = 0x4F;
    CHECK(native_size_in(reply, false) == AskedSize{SizeAnswer::Unknown, 0});

    ScriptedAtaPort port;
    port.answers[kIdentify] = {identify({{83, 0x7169}, {60, 0x6DB0}, {61, 0x0238}})};
    port.answers[kNativeMax28] = {registers(0x386DAF)};
    port.answers[kNativeMax28].front().value().registers->device = 0x42;
    CHECK(read_hidden_areas(port).value().native == AskedSize{SizeAnswer::Known, 0x02386DB0});
  }

  TEST_CASE("the overlay's block: its size, what it allows, its checksum") {
    CHECK(decode_device_configuration(configuration_block(kFactory)).value() ==
          DeviceConfiguration{.revision = 2,
                              .block_count = kFactory,
                              .allows_security = true,
                              .allows_host_protected_area = true,
                              .allows_48_bit = true});
    Bytes block = configuration_block(kFactory);
    block[510] = std::byte{0};
    CHECK(!decode_device_configuration(block).ok());
    CHECK(!decode_device_configuration(configuration_block(1)).ok());
    CHECK(!decode_device_configuration(configuration_block((std::uint64_t{1} << 48) + 1)).ok());
    CHECK(!decode_device_configuration(Bytes(512)).ok());
    CHECK(!decode_device_configuration(std::span(block).first(511)).ok());
  }
}

TEST_SUITE("uncovering") {
  TEST_CASE("where nothing is hidden nothing is changed") {
    ScriptedAtaPort port;
    port.answers[kIdentify] = {identify()};
    port.answers[kNativeMax] = {registers(kCurrent - 1)};
    port.answers[kConfiguration] = {data(configuration_block(kCurrent))};

    CHECK(uncover_hidden_areas(port).value() == Uncovering::Done);
    for (const AtaCommand& command : port.sent) CHECK(changes_nothing(command));
  }

  TEST_CASE("SET MAX follows READ NATIVE MAX at once, for good, to the native size; then the overlay is restored") {
    ScriptedAtaPort port;
    port.answers[kIdentify] = {identify(), identify_grown()};
    port.answers[kNativeMax] = {registers(kNative - 1)};
    port.answers[kSetMax] = {AtaReply{}};
    port.answers[kConfiguration] = {data(configuration_block(kNative + 1000))};
    port.answers[kRestore] = {AtaReply{}};

    CHECK(uncover_hidden_areas(port).value() == Uncovering::Done);

    REQUIRE(port.sent.size() == 6);
    CHECK(port.sent[1] == ata::read_native_max(true));
    CHECK(port.sent[2] == ata::set_max(true, kNative - 1, ata::Keeps::ForGood));
    CHECK(port.sent[3] == ata::identify_device());
    CHECK(port.sent[4] == ata::dco_identify());
    CHECK(port.sent[5] == ata::dco_restore());
  }

  TEST_CASE("a change that was made since power-on, or a lock: two outcomes, and the overlay is left alone") {
    ScriptedAtaPort port;
    port.answers[kNativeMax] = {registers(kNative - 1)};
    port.answers[kIdentify] = {identify()};  // It has SET MAX security.
    CHECK(uncover_hidden_areas(port).value() == Uncovering::AccessDenied);
    port.answers[kIdentify] = {identify({{83, 0x7C69}})};
    CHECK(uncover_hidden_areas(port).value() == Uncovering::PowerCycleRequired);
    for (const AtaCommand& command : port.sent) CHECK(command.opcode != ata::kDeviceConfiguration);
  }

  TEST_CASE("AMAC is set to its native size") {
    ScriptedAtaPort port;
    port.answers[kIdentify] = {identify({{82, 0x7063}, {83, 0x7569}, {119, 0x4100}})};
    port.answers[kAccessible] = {registers(kNative - 1)};
    CHECK(uncover_hidden_areas(port).value() == Uncovering::PowerCycleRequired);
    port.answers[kSetAccessible] = {AtaReply{}};
    CHECK(uncover_hidden_areas(port).value() == Uncovering::Done);
    CHECK(port.sent[2].lba == kNative - 1);
  }

  TEST_CASE("a frozen overlay denies access; one that does not restore wants a power cycle") {
    ScriptedAtaPort port;
    port.answers[kIdentify] = {identify()};
    port.answers[kNativeMax] = {registers(kCurrent - 1)};
    CHECK(uncover_hidden_areas(port).value() == Uncovering::AccessDenied);
    port.answers[kConfiguration] = {data(configuration_block(kFactory))};
    CHECK(uncover_hidden_areas(port).value() == Uncovering::PowerCycleRequired);
  }

  TEST_CASE("a port for looking uncovers nothing") {
    ScriptedAtaPort port;
    port.answers[kIdentify] = {identify()};
    port.answers[kNativeMax] = {registers(kNative - 1)};
    port.answers[kSetMax] = {AtaReply{}};
    LookingAtaPort looking(port);

    CHECK(uncover_hidden_areas(looking).error().code == Errc::Refused);
    for (const AtaCommand& command : port.sent) CHECK(changes_nothing(command));
  }
}

}  // namespace
}  // namespace relance
