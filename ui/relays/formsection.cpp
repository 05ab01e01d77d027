// SPDX-License-Identifier: GPL-3.0-or-later
#include "relays/formsection.h"

#include "base/literals.h"

#include <QCheckBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>
#include <QToolButton>

namespace Mailgauge::Relays {

FormSection::FormSection(const QString &name, const QString &title, QFormLayout &form,
    const Theme::Theme &theme, QWidget *parent)
    : QObject(parent)
    , m_form(form)
    , m_theme(theme)
    , m_parent(parent)
    , m_head(new QToolButton(parent))
    , m_title(title)
{
    m_head->setObjectName(name);
    m_head->setAutoRaise(true);
    m_head->setCheckable(true);
    m_head->setArrowType(Qt::RightArrow);
    m_head->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_head->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_head->setFocusPolicy(Qt::StrongFocus);
    QFont bold = m_head->font();
    bold.setBold(true);
    m_head->setFont(bold);
    m_controls.append(m_head);
    m_form.addRow(m_head);
    connect(m_head, &QToolButton::toggled, this, &FormSection::showRows);
    setFacts({});
}

FieldTexts FormSection::problems() const
{
    FieldTexts found;
    for (auto check = m_checks.begin(); check != m_checks.end(); ++check) {
        const QString text = m_rows.value(check.key())->field()->text().trimmed();
        const QString wrong = text.isEmpty() ? QString() : check.value()(text);
        if (!wrong.isEmpty())
            found.insert(check.key(), wrong);
    }
    return found;
}

FieldTexts FormSection::unread() const
{
    FieldTexts texts = problems();
    for (auto text = texts.begin(); text != texts.end(); ++text)
        text.value() = m_rows.value(text.key())->field()->text();
    return texts;
}

void FormSection::setUnread(const FieldTexts &texts)
{
    for (auto text = texts.begin(); text != texts.end(); ++text) {
        if (Widgets::FieldRow *row = m_rows.value(text.key()))
            row->field()->setText(text.value());
    }
}

void FormSection::showProblems(const FieldTexts &problems)
{
    for (auto row = m_rows.begin(); row != m_rows.end(); ++row)
        row.value()->setProblem(problems.value(row.key()));
}

void FormSection::setFacts(const QStringList &facts)
{
    m_facts = facts;
    const QString shown = facts.isEmpty() || isOpen()
        ? m_title
        : tr("%1: %2", "name of a section, what is set there").arg(m_title, facts.join(u", "_s));
    m_head->setText(shown);
    m_head->setAccessibleName(shown);
}

bool FormSection::isOpen() const
{
    return m_head->isChecked();
}

void FormSection::setOpen(bool open)
{
    m_head->setChecked(open);
}

void FormSection::showRows()
{
    m_head->setArrowType(isOpen() ? Qt::DownArrow : Qt::RightArrow);
    for (QWidget *field : std::as_const(m_fields))
        m_form.setRowVisible(field, isOpen());
    setFacts(m_facts);
    if (isOpen())
        Q_EMIT opened();
}

void FormSection::add(const QString &label, QWidget *field, QWidget *control)
{
    auto *title = new QLabel(label, m_parent);
    title->setBuddy(control);
    title->setMinimumHeight(control->sizeHint().height());
    m_form.addRow(title, field);
    m_form.setRowVisible(field, false);
    m_fields.append(field);
    if (control->accessibleName().isEmpty()) {
        QString name = label;
        control->setAccessibleName(name.remove(u'&'));
    }
    append(control);
}

/// Putting a control into a row takes it out of the order it was made in: Tab follows this one.
void FormSection::append(QWidget *control)
{
    QWidget::setTabOrder(m_controls.last(), control);
    m_controls.append(control);
}

QLineEdit *FormSection::makeEdit(const QString &name)
{
    auto *edit = new QLineEdit(m_parent);
    edit->setObjectName(name);
    connect(edit, &QLineEdit::textChanged, this, &FormSection::edited);
    return edit;
}

void FormSection::addRow(QLineEdit *edit, const QString &label, const QList<QWidget *> &behind)
{
    auto *row = new Widgets::FieldRow(m_theme, edit, behind, m_parent);
    row->setFocusProxy(nullptr); // Tab from a button behind would lead to the field again
    m_rows.insert(edit->objectName(), row);
    add(label, row, edit);
}

QLineEdit *FormSection::addText(
    const QString &name, const QString &label, const QString &placeholder)
{
    QLineEdit *edit = makeEdit(name);
    edit->setPlaceholderText(placeholder);
    addRow(edit, label);
    return edit;
}

QLineEdit *FormSection::addChecked(const QString &name, const QString &label,
    const QString &placeholder, std::function<QString(const QString &)> wrong)
{
    QLineEdit *edit = addText(name, label, placeholder);
    // Names and addresses of the network, in any language.
    edit->setLayoutDirection(Qt::LeftToRight);
    m_checks.insert(name, std::move(wrong));
    return edit;
}

QLineEdit *FormSection::addFile(const QString &name, const QString &label,
    const QString &placeholder, const QString &question, const QString &kinds)
{
    QLineEdit *edit = makeEdit(name);
    edit->setPlaceholderText(placeholder);
    auto *browse = new QToolButton(m_parent);
    browse->setText(tr("Choose…"));
    browse->setAccessibleName(question);
    addRow(edit, label, {browse});
    append(browse);
    connect(browse, &QToolButton::clicked, this, [this, edit, question, kinds] {
        auto *dialog = new QFileDialog(m_parent, question, QString(),
            kinds.isEmpty() ? tr("PEM files (*.pem *.crt *.key);;All files (*)") : kinds);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &QFileDialog::fileSelected, edit, &QLineEdit::setText);
        dialog->open();
    });
    return edit;
}

QLineEdit *FormSection::addSecret(const QString &name, const QString &label)
{
    QLineEdit *edit = addText(name, label, tr("As it is kept"));
    edit->setEchoMode(QLineEdit::Password);
    return edit;
}

QComboBox *FormSection::addChoice(const QString &name, const QString &label)
{
    auto *box = new QComboBox(m_parent);
    box->setObjectName(name);
    // The longest choice must not make the form wider than its place.
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(12);
    add(label, box, box);
    connect(box, &QComboBox::currentIndexChanged, this, &FormSection::edited);
    return box;
}

QCheckBox *FormSection::addCheck(const QString &name, const QString &text)
{
    auto *box = new QCheckBox(text, m_parent);
    box->setObjectName(name);
    QString spoken = text;
    box->setAccessibleName(spoken.remove(u'&'));
    m_form.addRow(box); // beside a label a longer text would find no room
    m_form.setRowVisible(box, false);
    m_fields.append(box);
    append(box);
    connect(box, &QCheckBox::toggled, this, &FormSection::edited);
    return box;
}

QSpinBox *FormSection::addNumber(
    const QString &name, const QString &label, int least, int most, const QString &suffix)
{
    auto *box = new QSpinBox(m_parent);
    box->setObjectName(name);
    box->setRange(least, most);
    box->setSuffix(suffix);
    box->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    add(label, box, box);
    connect(box, &QSpinBox::valueChanged, this, &FormSection::edited);
    return box;
}

void FormSection::addWidget(QWidget *row, const QList<QWidget *> &controls)
{
    m_form.addRow(row);
    m_form.setRowVisible(row, false);
    m_fields.append(row);
    for (QWidget *control : controls)
        append(control);
}

QLabel *FormSection::addNote(const QString &name)
{
    auto *note = new QLabel(m_parent);
    note->setObjectName(name);
    note->setTextFormat(Qt::PlainText);
    note->setWordWrap(true);
    note->hide();
    m_fields.last()->layout()->addWidget(note);
    return note;
}

} // namespace Mailgauge::Relays
