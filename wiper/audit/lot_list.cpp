#include "wiper/audit/lot_list.h"

#include <algorithm>
#include <set>

#include "wiper/base/plain_text.h"
#include "wiper/text/sanitise_text.h"
#include "wiper/text/utf8.h"

namespace relance {
namespace {

using Row = std::vector<std::string>;
struct NumberedRow {
  std::size_t line = 1;
  Row fields;
};

Error wrong(std::size_t line, const std::string& why) {
  return {Errc::Invalid, Stop::Usage, "list, line " + std::to_string(line) + ": " + why};
}

// 0x80 to 0x9F of Windows-1252; five of them mean nothing.
constexpr char32_t kUpper[] = {0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
                               0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
                               0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};

// Old spreadsheets of Windows know no UTF-8.
std::string as_utf8(std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  if (from_utf8(text).find(U'\uFFFD') == std::u32string::npos) return std::string(text);
  std::u32string letters;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    letters += byte >= 0x80 && byte < 0xA0 ? kUpper[byte - 0x80] : static_cast<char32_t>(byte);
  }
  return to_utf8(letters);
}

// What the first line has most of.
char separator_of(std::string_view text) {
  const std::string_view first = text.substr(0, text.find('\n'));
  const auto count = [&](char c) { return std::ranges::count(first, c); };
  const char best = count(';') >= count(',') ? ';' : ',';
  return count('\t') > count(best) ? '\t' : best;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text), separator_(separator_of(text)) {}

  Result<std::vector<NumberedRow>> read() {
    std::vector<NumberedRow> rows;
    while (at_ < text_.size()) {
      NumberedRow row{.line = line_, .fields = {}};
      for (bool ends = false; !ends;) {
        std::string field = TRY(read_field());
        row.fields.push_back(sanitise_text(field));
        ends = at_ >= text_.size() || text_[at_] == '\n';
        ++at_;
      }
      ++line_;
      if (std::ranges::any_of(row.fields, [](const std::string& each) { return !each.empty(); }))
        rows.push_back(std::move(row));
      if (rows.size() > kMostAnnounced + 1) return wrong(line_, "more machines than any lot has");
    }
    return rows;
  }

 private:
  Result<std::string> read_field() {
    if (at_ < text_.size() && text_[at_] == '"') return read_quoted();
    const auto end = std::min(text_.find(separator_, at_), text_.find('\n', at_));
    std::string field(text_.substr(at_, end == std::string_view::npos ? end : end - at_));
    at_ = std::min(end, text_.size());
    if (field.ends_with('\r')) field.pop_back();
    return field;
  }

  Result<std::string> read_quoted() {
    const std::size_t began = line_;
    std::string field;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\n') ++line_;
      if (text_[at_] != '"') {
        field += text_[at_];
        continue;
      }
      ++at_;
      if (at_ < text_.size() && text_[at_] == '"') {
        field += '"';
        continue;
      }
      if (at_ < text_.size() && text_[at_] == '\r') ++at_;
      if (at_ < text_.size() && text_[at_] != separator_ && text_[at_] != '\n')
        return wrong(line_, "something stands behind a closing quote");
      return field;
    }
    return wrong(began, "a quote that does not end");
  }

  std::string_view text_;
  char separator_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

enum class Column : std::uint8_t { None, Number, Tag, Serial, Model, Year, Destroyed, Note };

// « N° de série » → "ndeserie".
std::string plain(const std::string& title) {
  constexpr std::u32string_view kAccents = U"éèêëàâäîïôöûüùç";
  constexpr std::string_view kBase = "eeeeaaaiioouuuc";
  std::string plain;
  const std::u32string letters = from_utf8(title);
  for (const char32_t letter : letters) {
    if (const auto at = kAccents.find(letter); at != std::u32string_view::npos) plain += kBase[at];
    if (letter == U'É' || letter == U'È') plain += 'e';
    if (letter >= U'a' && letter <= U'z') plain += static_cast<char>(letter);
    if (letter >= U'A' && letter <= U'Z') plain += static_cast<char>(letter - U'A' + U'a');
  }
  return plain;
}

Column column_of(const std::string& title) {
  struct Named {
    std::string_view name;
    Column column;
  };
  // GLPI's own titles are among them.
  constexpr Named kNames[] = {{"numero", Column::Number},
                              {"number", Column::Number},
                              {"nom", Column::Number},
                              {"name", Column::Number},
                              {"etiquette", Column::Tag},
                              {"inventaire", Column::Tag},
                              {"numeroinventaire", Column::Tag},
                              {"numerodinventaire", Column::Tag},
                              {"inventorynumber", Column::Tag},
                              {"assettag", Column::Tag},
                              {"tag", Column::Tag},
                              {"serie", Column::Serial},
                              {"numerodeserie", Column::Serial},
                              {"ndeserie", Column::Serial},
                              {"serial", Column::Serial},
                              {"serialnumber", Column::Serial},
                              {"modele", Column::Model},
                              {"model", Column::Model},
                              {"annee", Column::Year},
                              {"year", Column::Year},
                              {"detruit", Column::Destroyed},
                              {"destruction", Column::Destroyed},
                              {"destroyed", Column::Destroyed},
                              {"note", Column::Note},
                              {"remarque", Column::Note},
                              {"commentaire", Column::Note},
                              {"commentaires", Column::Note},
                              {"comments", Column::Note}};
  const std::string wanted = plain(title);
  const auto* found = std::ranges::find(kNames, wanted, &Named::name);
  return found == std::end(kNames) ? Column::None : found->column;
}

Result<void> put(AnnouncedMachine& machine, Column column, const std::string& value, std::size_t line) {
  switch (column) {
    case Column::Number:
      machine.number = value;
      break;
    case Column::Tag:
      machine.tag = value;
      break;
    case Column::Serial:
      machine.serial = value;
      break;
    case Column::Model:
      machine.model = value;
      break;
    case Column::Year:
      machine.year = whole_number<std::uint64_t>(value);
      if (!value.empty() && (!machine.year || *machine.year < 1980 || *machine.year > 2100))
        return wrong(line, "\"" + value + "\" is no year");
      break;
    case Column::Destroyed:
      machine.destroyed = value;
      break;
    case Column::Note:
      machine.note = value;
      break;
    case Column::None:
      break;
  }
  return Done{};
}

// A machine is listed once, by whatever names it.
class Known {
 public:
  Result<void> add(const AnnouncedMachine& machine, std::size_t line) {
    const std::string* names[] = {&machine.number, &machine.tag, &machine.serial};
    for (std::size_t i = 0; i < std::size(names); ++i)
      if (!names[i]->empty() && !seen_.insert(std::to_string(i) + *names[i]).second)
        return wrong(line, "\"" + *names[i] + "\" is listed twice");
    return Done{};
  }

 private:
  std::set<std::string> seen_;
};

bool needs_quotes(const std::string& field) { return field.find_first_of(";\"\r\n") != std::string::npos; }

}  // namespace

Result<std::vector<AnnouncedMachine>> parse_lot_list(std::span<const std::byte> file) {
  if (file.size() > kLongestLotList) return wrong(1, "too long for a list of machines");
  const std::string text = as_utf8(as_text(file));
  const std::vector<NumberedRow> rows = TRY(Reader(text).read());
  if (rows.empty()) return wrong(1, "empty");
  std::vector<Column> columns;
  for (const std::string& title : rows.front().fields) columns.push_back(column_of(title));
  const auto names_machine = [](Column each) {
    return each == Column::Number || each == Column::Tag || each == Column::Serial;
  };
  if (std::ranges::none_of(columns, names_machine))
    return wrong(rows.front().line, "no column « numéro », « étiquette » or « série »");

  std::vector<AnnouncedMachine> machines;
  Known known;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const auto& [line, fields] = rows[i];
    AnnouncedMachine machine;
    for (std::size_t n = 0; n < std::min(fields.size(), columns.size()); ++n)
      TRY(put(machine, columns[n], fields[n], line));
    if (machine.number.empty() && machine.tag.empty() && machine.serial.empty()) return wrong(line, "names no machine");
    TRY(known.add(machine, line));
    machines.push_back(std::move(machine));
  }
  return machines;
}

std::string csv_line(const std::vector<std::string>& fields) {
  std::string line;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    std::string field = fields[i];
    if (!field.empty() && std::string_view("=+-@").find(field[0]) != std::string_view::npos) field.insert(0, "'");
    if (needs_quotes(field)) {
      std::string quoted = "\"";
      for (const char c : field) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
      field = quoted + "\"";
    }
    line += (i == 0 ? "" : ";") + field;
  }
  return line + "\r\n";
}

}  // namespace relance
