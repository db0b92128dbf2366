#include "wiper/journal/event.h"

namespace relance {
namespace {

// What a ReadBack looks like in the journal.
struct ReadBackFields {
  ContentIdentity content;
  SweepEnd end = SweepEnd::Complete;
  ExtentSet equal;
  ExtentSet differing;
  ExtentSet unreadable;
  std::optional<std::uint8_t> constant;
  std::string detail;

  static constexpr auto fields() {
    return std::tuple{field("content", &ReadBackFields::content),       field("end", &ReadBackFields::end),
                      field("equal", &ReadBackFields::equal),           field("differing", &ReadBackFields::differing),
                      field("unreadable", &ReadBackFields::unreadable), field("constant", &ReadBackFields::constant),
                      field("detail", &ReadBackFields::detail)};
  }
};

template <std::size_t Index = 0>
Result<Event> event_named(std::string_view name, const Value& value) {
  if constexpr (Index == std::variant_size_v<Event>) {
    return Error{Errc::Corrupt, Stop::JournalDamaged, "an event of unknown kind: " + std::string(name)};
  } else {
    using Kind = std::variant_alternative_t<Index, Event>;
    if (name != Kind::kName) return event_named<Index + 1>(name, value);
    Kind event = TRY(from_value<Kind>(value));
    return Event(std::move(event));
  }
}

}  // namespace

Value ReadBackRecord::to_value() const {
  std::optional<std::uint8_t> constant;
  if (read_back_.constant_) constant = std::to_integer<std::uint8_t>(*read_back_.constant_);
  return relance::to_value(ReadBackFields{read_back_.content_, read_back_.end_, read_back_.equal_,
                                          read_back_.differing_, read_back_.unreadable_, constant, read_back_.detail_});
}

Result<ReadBackRecord> ReadBackRecord::from_value(const Value& value) {
  const ReadBackFields read = TRY(relance::from_value<ReadBackFields>(value));
  ReadBackRecord record;
  record.read_back_.content_ = read.content;
  record.read_back_.end_ = read.end;
  record.read_back_.equal_ = read.equal;
  record.read_back_.differing_ = read.differing;
  record.read_back_.unreadable_ = read.unreadable;
  if (read.constant) record.read_back_.constant_ = static_cast<std::byte>(*read.constant);
  record.read_back_.detail_ = read.detail;
  return record;
}

Result<EraseProofRecord> EraseProofRecord::from_value(const Value& value) {
  EraseProofRecord record;
  record.proof_.report_ = TRY(relance::from_value<EraseReport>(value));
  return record;
}

Value event_to_value(const Event& event) {
  return std::visit(
      [](const auto& kind) {
        ValueMembers members{{"event", Value(std::string(kind.kName))}};
        Value fields = to_value(kind);
        for (auto& member : std::get<ValueMembers>(fields.held)) members.push_back(std::move(member));
        return Value(std::move(members));
      },
      event);
}

Result<Event> event_from_value(const Value& value) {
  const std::string name = TRY(value.text_at("event"));
  return event_named(name, value);
}

}  // namespace relance
