// SPDX-License-Identifier: GPL-3.0-or-later
#include "options.h"

#include "notyet.h"

#include <QJsonArray>

#include <algorithm>

namespace Mailgauge::Cli {

namespace {

using Values = OptionSpec::Values;

const OptionSpec *findLong(std::span<const OptionSpec> table, QByteArrayView name)
{
    const auto found = std::ranges::find_if(
        table, [name](const OptionSpec &spec) { return name == QByteArrayView(spec.name); });
    return found == table.end() ? nullptr : &*found;
}

const OptionSpec *findLetter(std::span<const OptionSpec> table, char letter)
{
    const auto found = std::ranges::find_if(
        table, [letter](const OptionSpec &spec) { return spec.letter == letter; });
    return letter == 0 || found == table.end() ? nullptr : &*found;
}

QString printable(QByteArrayView bytes)
{
    return QString::fromUtf8(bytes);
}

/// A value of a JSON member as the text that the command line would have had.
Checked<QByteArray> scalar(const QJsonValue &value, const QString &key)
{
    switch (value.type()) {
    case QJsonValue::String:
        return value.toString().toUtf8();
    case QJsonValue::Double:
        return QByteArray::number(value.toDouble(), 'g', 15);
    case QJsonValue::Bool:
        return value.toBool() ? "yes"_ba : "no"_ba;
    case QJsonValue::Null:
    case QJsonValue::Array:
    case QJsonValue::Object:
    case QJsonValue::Undefined:
        break;
    }
    return usage(u"the value of \"%1\" is none that the option takes"_s.arg(key));
}

Checked<QList<QByteArray>> jsonValues(
    const OptionSpec &spec, const QJsonValue &value, const QString &key)
{
    if (spec.values == Values::Flag) {
        if (!value.isBool())
            return usage(u"\"%1\" is true or false"_s.arg(key));
        return value.toBool() ? QList {QByteArray()} : QList<QByteArray>();
    }
    if (spec.values == Values::Optional && value.isBool())
        return value.toBool() ? QList {QByteArray()} : QList<QByteArray>();
    const bool list = value.isArray();
    if (list && (spec.values == Values::One || spec.values == Values::Optional))
        return usage(u"\"%1\" takes one value"_s.arg(key));
    QList<QByteArray> values;
    const QJsonArray array = list ? value.toArray() : QJsonArray {value};
    for (const QJsonValue &element : array) {
        const auto text = scalar(element, key);
        if (!text)
            return std::unexpected(text.error());
        values.append(*text);
    }
    return values;
}

} // namespace

bool Options::hasAny(std::span<const char *const> names) const
{
    return std::ranges::any_of(names, [this](const char *name) { return has(name); });
}

QByteArray Options::value(const char *name) const
{
    const QList<QByteArray> all = m_values.value(name);
    return all.isEmpty() ? QByteArray() : all.last();
}

Checked<Options> Options::parse(QByteArrayView command, const QList<QByteArray> &arguments,
    std::span<const OptionSpec> table, Dashes dashes)
{
    Options options;
    bool onlyPositional = false;
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        const QByteArray &argument = arguments[i];
        if (onlyPositional || !argument.startsWith('-') || argument == "-") {
            options.m_positional.append(argument);
            continue;
        }
        if (argument == "--") {
            onlyPositional = true;
            continue;
        }
        const bool isLong = argument.startsWith("--");
        const qsizetype equals = isLong ? argument.indexOf('=') : -1;
        const QByteArray name = isLong
            ? argument.sliced(2, (equals < 0 ? argument.size() : equals) - 2)
            : argument.sliced(1);
        const OptionSpec *spec = isLong ? findLong(table, name)
            : name.size() == 1          ? findLetter(table, name[0])
                                        : nullptr;
        if (!spec && !isLong && dashes == Dashes::Arguments) {
            options.m_positional.append(argument);
            continue;
        }
        if (!spec && isLong && isNotYet(command, "--" + name))
            return usage(notYet("--" + name));
        if (!spec)
            return usage(u"unknown option %1"_s.arg(
                printable(isLong && equals >= 0 ? argument.first(equals) : argument)));
        QList<QByteArray> &values = options.m_values[spec->name];
        if (spec->values == Values::Flag) {
            if (equals >= 0)
                return usage(u"--%1 takes no value"_s.arg(QLatin1StringView(spec->name)));
            values = {QByteArray()};
            continue;
        }
        // What follows is a word of its own: HOST behind a --netrc is no file.
        if (spec->values == Values::Optional && equals < 0) {
            values = {QByteArray()};
            continue;
        }
        if (equals < 0 && i + 1 >= arguments.size())
            return usage(u"--%1 needs a value (%2)"_s.arg(
                QLatin1StringView(spec->name), QLatin1StringView(spec->value)));
        const QByteArray value = equals >= 0 ? argument.sliced(equals + 1) : arguments[++i];
        if (spec->values == Values::One || spec->values == Values::Optional)
            values.clear();
        values.append(value);
    }
    return options;
}

Checked<Options> Options::fromJson(QByteArrayView command, const QJsonObject &object,
    std::span<const OptionSpec> table, const QList<QByteArray> &ignored)
{
    Options options;
    for (auto member = object.begin(); member != object.end(); ++member) {
        const QString key = member.key();
        if (ignored.contains(key.toUtf8()))
            continue;
        const OptionSpec *spec = findLong(table, optionName(key));
        if (!spec && isNotYet(command, "--" + optionName(key)))
            return usage(notYet(key.toUtf8()));
        // The option's own spelling with dashes is none of JSON's: one name for one thing.
        if (!spec || key.contains(u'-'))
            return usage(u"unknown key \"%1\""_s.arg(key));
        const auto values = jsonValues(*spec, member.value(), key);
        if (!values)
            return std::unexpected(values.error());
        if (!values->isEmpty())
            options.m_values.insert(spec->name, *values);
    }
    return options;
}

QByteArray optionName(const QString &camelCase)
{
    QByteArray name;
    for (const QChar c : camelCase) {
        if (c >= u'A' && c <= u'Z')
            name += '-';
        name += QString(c).toLower().toUtf8();
    }
    return name;
}

QByteArray helpOf(std::span<const OptionSpec> table)
{
    static constexpr qsizetype Column = 32;
    QByteArray out;
    for (const OptionSpec &spec : table) {
        QByteArray left = "  "_ba + (spec.letter ? "-"_ba + spec.letter + ", " : "    "_ba) + "--"
            + spec.name;
        if (*spec.value)
            left += (spec.values == Values::Optional ? "" : " ") + QByteArray(spec.value);
        out += left.size() < Column ? left.leftJustified(Column)
                                    : left + '\n' + QByteArray(Column, ' ');
        out += QByteArray(spec.help) + '\n';
    }
    return out;
}

} // namespace Mailgauge::Cli
