// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relay/profilesecrets.h"
#include "relays/fieldtexts.h"
#include "widgets/fieldrow.h"

#include <QComboBox>
#include <QMap>
#include <QObject>

#include <functional>

class QCheckBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QSpinBox;
class QToolButton;

namespace Mailgauge::Relays {

template <typename Enum>
void select(QComboBox *box, Enum value)
{
    box->setCurrentIndex(box->findData(static_cast<int>(value)));
}

template <typename Enum>
[[nodiscard]] Enum selected(const QComboBox *box)
{
    return static_cast<Enum>(box->currentData().toInt());
}

/// Some rows of the profile form below a head that shows and hides them. All sections share one
/// layout, so that their fields stand below each other. Closed, the head tells what is set there.
class FormSection : public QObject {
    Q_OBJECT

public:
    virtual void fill(const Relay::RelayProfile &profile) = 0;
    /// What cannot be read leaves the profile as it is: problems() tells of it.
    virtual void take(Relay::RelayProfile &profile) const = 0;
    /// What of it is set here, in a few words; empty where all is as ever.
    [[nodiscard]] virtual QStringList facts(const Relay::RelayProfile &profile) const = 0;
    /// Which fields make sense.
    virtual void updateReach(const Relay::RelayProfile &) { }
    virtual void fillSecrets(const Relay::TypedSecrets &) { }
    virtual void takeSecrets(Relay::TypedSecrets &) const { }

    /// Fields that hold nothing readable, and why.
    [[nodiscard]] FieldTexts problems() const;
    /// What these hold; setUnread() brings it back.
    [[nodiscard]] FieldTexts unread() const;
    void setUnread(const FieldTexts &texts);
    /// Tells them at their fields; those that are not among `problems` are well.
    void showProblems(const FieldTexts &problems);
    void setFacts(const QStringList &facts);
    [[nodiscard]] bool isOpen() const;
    void setOpen(bool open);
    /// The head first.
    [[nodiscard]] const QList<QWidget *> &controls() const { return m_controls; }

Q_SIGNALS:
    void edited();
    /// Its rows are seen from now on.
    void opened();

protected:
    /// `parent` is the widget of the layout.
    FormSection(const QString &name, const QString &title, QFormLayout &form,
        const Theme::Theme &theme, QWidget *parent);

    QLineEdit *addText(const QString &name, const QString &label, const QString &placeholder = {});
    /// `wrong` says what is wrong with a text, empty where nothing is.
    QLineEdit *addChecked(const QString &name, const QString &label, const QString &placeholder,
        std::function<QString(const QString &)> wrong);
    /// With a button that asks for the file; unless `kinds` are given one of keys and certificates.
    QLineEdit *addFile(const QString &name, const QString &label, const QString &placeholder,
        const QString &question, const QString &kinds = {});
    QLineEdit *addSecret(const QString &name, const QString &label);
    QComboBox *addChoice(const QString &name, const QString &label);
    QCheckBox *addCheck(const QString &name, const QString &text);
    QSpinBox *addNumber(
        const QString &name, const QString &label, int least, int most, const QString &suffix = {});
    /// A row of its own making over the whole width; Tab follows `controls`.
    void addWidget(QWidget *row, const QList<QWidget *> &controls);
    /// A sentence below the last field, hidden while it is empty.
    QLabel *addNote(const QString &name);

private:
    [[nodiscard]] QLineEdit *makeEdit(const QString &name);
    void addRow(QLineEdit *edit, const QString &label, const QList<QWidget *> &behind = {});
    void add(const QString &label, QWidget *field, QWidget *control);
    void showRows();
    void append(QWidget *control);

    QFormLayout &m_form;
    const Theme::Theme &m_theme;
    QWidget *m_parent;
    QToolButton *m_head;
    QString m_title;
    QStringList m_facts;
    QList<QWidget *> m_controls;
    QList<QWidget *> m_fields; ///< What the layout holds, a row each.
    QMap<QString, Widgets::FieldRow *> m_rows;
    QMap<QString, std::function<QString(const QString &)>> m_checks;
};

} // namespace Mailgauge::Relays
