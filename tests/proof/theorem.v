(* SPDX-License-Identifier: MIT *)
(**
 * From one step to every run: what Popek and Goldberg's proofs leave to the
 * reader, for this project's machine and monitor.
 *
 * The paper's homomorphism f maps a machine's states to those of a machine
 * that has it for its guest, and one step commutes with f.  That is about one
 * step of the C, and a matter for z3; here it is a hypothesis: the fields of
 * [homomorphic], one a harness (docs/proof.md), and of [contained].  What
 * follows for whole runs is proved, from these and nothing else: there is no
 * axiom.
 *
 *   theorem_1         any run of the guest is a run of the bare machine;
 *   theorem_3         the same of a hybrid monitor, which needs less;
 *   theorem_2         and of a monitor within a monitor, to any depth;
 *   resource_control  and nothing outside the guest's allotment changes.
 *
 * All of it is safety.  That a guest gets on at all, and that the monitor does
 * not loop for ever, is not proved (docs/proof.md).
 *)
Require Import List Arith.
Import ListNotations.

(** What can be seen of a machine from outside: a byte taken or sent, and the end. *)
Inductive event := takes (byte : nat) | sends (byte : nat) | ends (code : nat) | halts.

(** * The bare machine

    [world] is what the console may do while a step is made: whether a byte
    waits there, or comes in a wfi, and when.  Given that, and the state, a
    step is a function: the machine is deterministic. *)
Record bare_machine := {
  bare_state : Type;
  world : Type;
  due : bare_state -> bool;                  (* an interrupt, before the next instruction *)
  interrupt : bare_state -> bare_state;      (* take it *)
  instruction : world -> bare_state -> list event * bare_state;
                                             (* retires, traps, waits to the end, or ends the run *)
  receive : nat -> bare_state -> bare_state  (* a byte comes between two steps *)
}.

Inductive input (W : Type) := step (w : W) | arrives (byte : nat).
Arguments step {W}.
Arguments arrives {W}.

(** As machine_step does it. *)
Definition bare (b : bare_machine) (i : input (world b)) (s : bare_state b)
  : list event * bare_state b :=
  match i with
  | step w => if due b s then ([], interrupt b s) else instruction b w s
  | arrives byte => ([takes byte], receive b byte s)
  end.

(** A whole run: all that it shows, and where it gets to. *)
Fixpoint bare_run (b : bare_machine) (inputs : list (input (world b))) (s : bare_state b)
  : list event * bare_state b :=
  match inputs with
  | [] => ([], s)
  | i :: rest => let (now, s1) := bare b i s in
                 let (later, s2) := bare_run b rest s1 in (now ++ later, s2)
  end.

(** * The real machine, with the monitor

    Its state is that of the hardware and of the monitor.  One move is an
    instruction that the processor executes, or what the monitor's C does to
    one trap, or one round of vmm_resume's loop. *)
Inductive place := in_guest | in_monitor | in_wait | over.

Record real_machine (W : Type) := {
  real_state : Type;
  at_ : real_state -> place;
  before_timer : real_state -> Prop; (* an instruction may be executed before the timer fires *)
  listens : real_state -> Prop;      (* there is room for a byte *)

  (* in the guest *)
  executes : real_state -> real_state -> Prop;   (* the processor, by itself *)
  emulates : W -> real_state -> list event -> real_state -> Prop; (* a trap: the monitor does it *)
  reflects : real_state -> real_state -> Prop;   (* a trap: the guest is to take it *)
  waits : real_state -> real_state -> Prop;      (* a wfi with nothing pending *)
  timer_fires : real_state -> real_state -> Prop;
  byte_comes : nat -> real_state -> real_state -> Prop;

  (* in the monitor: vmm_resume's loop *)
  takes_turn : real_state -> real_state -> Prop;
  injects : real_state -> real_state -> Prop;    (* a virtual interrupt *)
  interprets : W -> real_state -> list event -> real_state -> Prop; (* the hybrid monitor *)
  interprets_wait : real_state -> real_state -> Prop;
  enters : real_state -> real_state -> Prop;     (* back to the guest *)

  wakes : W -> real_state -> list event -> real_state -> Prop (* the wait is over, or for ever *)
}.

Arguments real_state {W}.
Arguments at_ {W}.
Arguments before_timer {W}.
Arguments listens {W}.
Arguments executes {W}.
Arguments emulates {W}.
Arguments reflects {W}.
Arguments waits {W}.
Arguments timer_fires {W}.
Arguments byte_comes {W}.
Arguments takes_turn {W}.
Arguments injects {W}.
Arguments interprets {W}.
Arguments interprets_wait {W}.
Arguments enters {W}.
Arguments wakes {W}.

(** [real m r inputs events r']: one move, the step of the guest that it is (an
    input, or none), and what it shows.  The hardware's part in it: the timer
    fires no later than it was armed for, and an interrupt tells of a byte only
    while the monitor listens. *)
Inductive real {W} (m : real_machine W)
  : real_state m -> list (input W) -> list event -> real_state m -> Prop :=
| real_executes w r r' :
    at_ m r = in_guest -> before_timer m r -> executes m r r' -> real m r [step w] [] r'
| real_emulates w r es r' :
    at_ m r = in_guest -> before_timer m r -> emulates m w r es r' -> real m r [step w] es r'
| real_reflects w r r' :
    at_ m r = in_guest -> before_timer m r -> reflects m r r' -> real m r [step w] [] r'
| real_waits r r' :
    at_ m r = in_guest -> before_timer m r -> waits m r r' -> real m r [] [] r'
| real_timer r r' :
    at_ m r = in_guest -> timer_fires m r r' -> real m r [] [] r'
| real_byte byte r r' :
    at_ m r = in_guest -> before_timer m r -> listens m r -> byte_comes m byte r r' ->
    real m r [arrives byte] [takes byte] r'
| real_turn r r' :
    at_ m r = in_monitor -> takes_turn m r r' -> real m r [] [] r'
| real_injects w r r' :
    at_ m r = in_monitor -> injects m r r' -> real m r [step w] [] r'
| real_interprets w r es r' :
    at_ m r = in_monitor -> interprets m w r es r' -> real m r [step w] es r'
| real_interprets_wait r r' :
    at_ m r = in_monitor -> interprets_wait m r r' -> real m r [] [] r'
| real_enters r r' :
    at_ m r = in_monitor -> enters m r r' -> real m r [] [] r'
| real_wakes w r es r' :
    at_ m r = in_wait -> wakes m w r es r' -> real m r [step w] es r'.

Inductive real_run {W} (m : real_machine W)
  : real_state m -> list (input W) -> list event -> real_state m -> Prop :=
| real_stays r : real_run m r [] [] r
| real_goes r i es r1 is fs r2 :
    real m r i es r1 -> real_run m r1 is fs r2 -> real_run m r (i ++ is) (es ++ fs) r2.

(** * What one step has to fulfil

    [related s r] is the paper's f, as a relation: a harness assumes it
    (any_related), and proves it again after a move (still_related).  [direct s]
    says which states the monitor lets run directly: all, or those of virtual
    U-mode.  At the right stands which harness a field is about. *)
Record homomorphic (b : bare_machine) (m : real_machine (world b))
    (direct : bare_state b -> Prop) (related : bare_state b -> real_state m -> Prop) : Prop := {

  (* What the relation itself says. *)
  only_direct : forall s r, related s r -> at_ m r = in_guest -> direct s; (* is_interpreted *)
  settled : forall s r, related s r -> at_ m r = in_guest -> before_timer m r ->
    due b s = false;                                              (* is_looked_for_as_needed *)
  settled_in_wait : forall s r, related s r -> at_ m r = in_wait ->
    due b s = false;                                                        (* still_waiting *)

  (* An instruction, of a state that runs directly. *)
  executed_alike : forall s r r', direct s -> related s r -> at_ m r = in_guest ->
    before_timer m r -> executes m r r' ->
    exists s', (forall w, instruction b w s = ([], s')) /\ related s' r';     (* instruction *)
  emulated_alike : forall w s r es r', direct s -> related s r -> at_ m r = in_guest ->
    before_timer m r -> emulates m w r es r' ->
    exists s', instruction b w s = (es, s') /\ related s' r';                 (* instruction *)
  reflected_alike : forall s r r', direct s -> related s r -> at_ m r = in_guest ->
    before_timer m r -> reflects m r r' ->
    exists s', (forall w, instruction b w s = ([], s')) /\ related s' r'; (* ..., reflected *)
  waits_alike : forall s r r', direct s -> related s r -> at_ m r = in_guest ->
    before_timer m r -> waits m r r' -> related s r';                         (* instruction *)

  (* A real interrupt.  It is no step of the guest's. *)
  timer_unseen : forall s r r', related s r -> at_ m r = in_guest ->
    timer_fires m r r' -> related s r';                                             (* timer *)
  byte_alike : forall byte s r r', related s r -> at_ m r = in_guest -> before_timer m r ->
    listens m r -> byte_comes m byte r r' -> related (receive b byte s) r';          (* byte *)

  (* vmm_resume. *)
  turn_unseen : forall s r r', related s r -> at_ m r = in_monitor ->
    takes_turn m r r' -> related s r';                                      (* take_turn_cut *)
  injected_alike : forall s r r', related s r -> at_ m r = in_monitor ->
    injects m r r' -> due b s = true /\ related (interrupt b s) r';            (* inject_cut *)
  entry_unseen : forall s r r', related s r -> at_ m r = in_monitor ->
    enters m r r' -> related s r';                                                 (* resume *)
  woken_alike : forall w s r es r', related s r -> at_ m r = in_wait -> wakes m w r es r' ->
    exists s', instruction b w s = (es, s') /\ related s' r';              (* resume_waiting *)

  (* The hybrid monitor's interpreter; the pure one has none. *)
  interpreted_alike : forall w s r es r', ~ direct s -> related s r -> at_ m r = in_monitor ->
    interprets m w r es r' ->
    due b s = false /\ exists s', instruction b w s = (es, s') /\ related s' r';
                                                                  (* hybrid_cut, hybrid_step *)
  interpreted_wait_alike : forall s r r', ~ direct s -> related s r -> at_ m r = in_monitor ->
    interprets_wait m r r' -> related s r';                                   (* hybrid_step *)
  only_interpreted : forall s r r', related s r -> at_ m r = in_monitor ->
    (interprets_wait m r r' \/ exists w es, interprets m w r es r') -> ~ direct s (* hybrid_cut *)
}.

(** * One move

    A move of the real machine is one step of the bare one, or none: its inputs
    are one or none, and bare_run makes as many steps. *)
Lemma one_move b m direct related (h : homomorphic b m direct related) :
  forall s r is es r', related s r -> real m r is es r' ->
  exists s', bare_run b is s = (es, s') /\ related s' r'.
Proof.
  intros s r is es r' Rel M. destruct h as [Direct Settled Waiting Executed Emulated Reflected Waits
    Timer Byte Turn Injected Entry Woken Interpreted Interpreted_wait Only].
  assert (One : forall w s' fs, due b s = false -> instruction b w s = (fs, s') ->
            bare_run b [step w] s = (fs, s')).
  { intros w s' fs D I. simpl. rewrite D, I, app_nil_r. reflexivity. }
  destruct M as [w r r' | w r es r' | w r r' | r r' | r r' | byte r r' | r r' | w r r'
                | w r es r' | r r' | r r' | w r es r'].
  - destruct (Executed s r r') as (s' & I & Rel'); eauto.
  - destruct (Emulated w s r es r') as (s' & I & Rel'); eauto.
  - destruct (Reflected s r r') as (s' & I & Rel'); eauto.
  - exists s; simpl; eauto.
  - exists s; simpl; eauto.
  - exists (receive b byte s); simpl; eauto.
  - exists s; simpl; eauto.
  - destruct (Injected s r r') as (D & Rel'); eauto.
    exists (interrupt b s); simpl; rewrite D; eauto.
  - destruct (Interpreted w s r es r') as (D & s' & I & Rel'); eauto 7.
  - exists s; simpl; eauto.
  - exists s; simpl; eauto.
  - destruct (Woken w s r es r') as (s' & I & Rel'); eauto.
Qed.

(** * Any run

    Every run of the real machine is the run of the bare one that has the same
    inputs: it shows the same, and gets to a related state. *)
Lemma bare_run_app b : forall is js s,
  bare_run b (is ++ js) s =
  let (es, s1) := bare_run b is s in let (fs, s2) := bare_run b js s1 in (es ++ fs, s2).
Proof.
  induction is as [|i is IH]; intros js s; simpl.
  - destruct (bare_run b js s); reflexivity.
  - destruct (bare b i s) as [es s1]. rewrite IH.
    destruct (bare_run b is s1) as [fs s2]. destruct (bare_run b js s2).
    rewrite app_assoc. reflexivity.
Qed.

Theorem homomorphism b m direct related (h : homomorphic b m direct related) :
  forall s r is es r', related s r -> real_run m r is es r' ->
  exists s', bare_run b is s = (es, s') /\ related s' r'.
Proof.
  intros s r is es r' Rel Run. revert s Rel.
  induction Run as [r | r i es r1 is fs r2 M Run IH]; intros s Rel.
  - exists s; split; [reflexivity | assumption].
  - destruct (one_move b m direct related h s r i es r1) as (s1 & B1 & Rel1); auto.
    destruct (IH s1 Rel1) as (s2 & B2 & Rel2).
    exists s2. rewrite bare_run_app, B1, B2. auto.
Qed.

(** The other way round, as far as the real machine gets: of the inputs that it
    has taken, the bare machine is after the first n where the guest was after
    the first n, for each n.  No state of the bare machine is passed over. *)
Lemma real_run_split {W} (m : real_machine W) : forall r is es r' n,
  real_run m r is es r' ->
  exists rn fs gs, es = fs ++ gs /\
    real_run m r (firstn n is) fs rn /\ real_run m rn (skipn n is) gs r'.
Proof.
  intros r is es r' n Run. revert n.
  induction Run as [r | r i es r1 is fs r2 M Run IH]; intros n.
  - exists r, [], []. rewrite firstn_nil, skipn_nil. repeat split; constructor.
  - assert (L : i = [] \/ exists x, i = [x]) by (destruct M; eauto).
    destruct n as [|n].
    + exists r, [], (es ++ fs). repeat split; [constructor | econstructor; eauto].
    + destruct L as [-> | [x ->]].
      * destruct (IH (S n)) as (rn & f & g & -> & A & B).
        exists rn, (es ++ f), g. rewrite app_assoc. repeat split; auto.
        change (firstn (S n) ([] ++ is)) with ([] ++ firstn (S n) is). econstructor; eauto.
      * destruct (IH n) as (rn & f & g & -> & A & B).
        exists rn, (es ++ f), g. rewrite app_assoc. repeat split; auto.
        change (firstn (S n) ([x] ++ is)) with ([x] ++ firstn n is). econstructor; eauto.
Qed.

Theorem nothing_passed_over b m direct related (h : homomorphic b m direct related) :
  forall s r is es r' n fs s', related s r -> real_run m r is es r' ->
  bare_run b (firstn n is) s = (fs, s') ->
  exists rn, real_run m r (firstn n is) fs rn /\ related s' rn.
Proof.
  intros s r is es r' n fs s' Rel Run B.
  destruct (real_run_split m r is es r' n Run) as (rn & f & g & _ & A & _).
  destruct (homomorphism b m direct related h s r _ _ _ Rel A) as (s1 & B1 & Rel1).
  rewrite B in B1. injection B1 as -> ->. eauto.
Qed.

(** * Theorems 1 and 3

    They are the same theorem for two sets of states that run directly.  Theorem
    3's monitor needs the three fields about an instruction only of virtual
    U-mode, and so of the instructions what they do in user states; in place of
    the rest it has its interpreter's. *)
Definition every {S : Type} (_ : S) := True.

Theorem theorem_1 b m related (h : homomorphic b m every related) :
  forall s r is es r', related s r -> real_run m r is es r' ->
  exists s', bare_run b is s = (es, s') /\ related s' r'.
Proof. exact (homomorphism b m every related h). Qed.

Theorem theorem_3 b m related (user : bare_state b -> Prop) (h : homomorphic b m user related) :
  forall s r is es r', related s r -> real_run m r is es r' ->
  exists s', bare_run b is s = (es, s') /\ related s' r'.
Proof. exact (homomorphism b m user related h). Qed.

(** Why user states suffice there: of an instruction that is privileged or
    innocuous in the [states], what it does directly in the real U-mode, it does
    in a virtual state of these as well.  Theorem 1 has all states here, theorem
    3 those of U-mode.  (That the bare machine does not trap where the real one
    does not, the paper's definitions leave open; [executed_alike] says it.) *)
Section Classification.
Variables word program system : Type.
Variable execute : word -> program -> system -> option (program * system). (* None: it traps *)
Variable user : system -> Prop.
Variable tick : system -> system. (* counters and time by one, and no other change *)

Definition privileged w := forall p y, user y -> execute w p y = None.
Definition innocuous_in (states : system -> Prop) w :=
  (forall p y p' y', states y -> execute w p y = Some (p', y') -> y' = tick y) /\
  (forall p y z p' y' q' z', states y -> states z ->
    execute w p y = Some (p', y') -> execute w p z = Some (q', z') -> p' = q').

Lemma direct_execution (states : system -> Prop)
  (condition : forall w, privileged w \/ innocuous_in states w)
  (of_user : forall y, user y -> states y) :
  forall w p virtual actual p' v' q' a', states virtual -> user actual ->
  execute w p virtual = Some (p', v') -> execute w p actual = Some (q', a') ->
  p' = q' /\ v' = tick virtual /\ a' = tick actual.
Proof.
  intros w p v a p' v' q' a' Sv Ua V A.
  destruct (condition w) as [P | [C I]].
  - rewrite (P p a Ua) in A. discriminate.
  - split; [|split]; eauto.
Qed.
End Classification.

(** * Resource control

    [outside]: memory that is not the guest's.  [within]: the real R shows the
    allotment alone; in the monitor it may be still to be composed.  [system]:
    the real mode, R, and the other CSRs, which traps and the monitor may
    change, and the guest may not. *)
Record contained {W S X Y : Type} (m : real_machine W) (related : S -> real_state m -> Prop)
    (outside : real_state m -> X) (within : real_state m -> Prop) (system : real_state m -> Y)
    : Prop := {
  kept : forall s r is es r', related s r -> real m r is es r' ->
    outside r' = outside r;                                                 (* same_machines *)
  shown : forall s r, related s r -> at_ m r = in_guest -> within r;           (* still_real *)
  untouched : forall s r r', related s r -> at_ m r = in_guest -> before_timer m r ->
    executes m r r' -> system r' = system r                              (* same_real_system *)
}.

Theorem resource_control b m direct related X Y outside within system
  (h : homomorphic b m direct related)
  (c : contained (X := X) (Y := Y) m related outside within system) :
  forall s r is es r', related s r -> real_run m r is es r' ->
  outside r' = outside r /\
  (at_ m r' = in_guest -> within r' /\
    forall r'', before_timer m r' -> executes m r' r'' -> system r'' = system r').
Proof.
  intros s r is es r' Rel Run. destruct c as [Kept Shown Untouched]. revert s Rel.
  induction Run as [r | r i es r1 is fs r2 M Run IH]; intros s Rel.
  - repeat split; eauto.
  - destruct (one_move b m direct related h s r i es r1 Rel M) as (s1 & _ & Rel1).
    destruct (IH s1 Rel1) as [Same In]. rewrite Same. eauto.
Qed.

(** * Theorem 2: monitors within monitors

    machine 0 is the hardware.  On machine k runs a monitor, whose guest is
    machine k+1; its C, at machine k, is [monitored k].  That it is a program of
    machine k is what compiler and port have to see to: at a boundary, where the
    guest's own instruction is next, the bare machine k is where the monitor's C
    is ([compiled]).  That is tested and not proved.

    The paper asks for a monitor without timing dependencies: else the inner
    monitor, and its guest, run otherwise than bare.  Here nothing is asked of
    the monitor's own time.  A guest's time is in its state, so [homomorphic]
    says that it is the bare machine's; and how long the monitor takes is no
    input of the guest's.  When a byte comes is, and the world decides that at
    any depth. *)
Record level (below above : bare_machine) := {
  monitored : real_machine (world above);
  runs_directly : bare_state above -> Prop;
  guest_of : bare_state above -> real_state monitored -> Prop;
  theorem_holds : homomorphic above monitored runs_directly guest_of;

  boundary : bare_state below -> Prop;
  program_of : real_state monitored -> bare_state below -> Prop;
  compiled : forall r u is es u', program_of r u ->
    bare_run below is u = (es, u') -> boundary u' ->
    exists is' r', real_run monitored r is' es r' /\ program_of r' u'
}.

Section Recursion.
Variable machine : nat -> bare_machine.
Variable levels : forall k, level (machine k) (machine (S k)).

(** State s of machine k is the guest's, k monitors above state t of the hardware. *)
Fixpoint above (k : nat) : bare_state (machine k) -> bare_state (machine 0) -> Prop :=
  match k with
  | 0 => fun s t => s = t
  | S j => fun s t => exists r u, guest_of _ _ (levels j) s r /\
                                  program_of _ _ (levels j) r u /\ above j u t
  end.

(** The innermost guest's own instruction is next: each monitor is at a boundary. *)
Fixpoint at_boundary (k : nat) (t : bare_state (machine 0)) : Prop :=
  match k with
  | 0 => True
  | S j => at_boundary j t /\ forall u, above j u t -> boundary _ _ (levels j) u
  end.

Theorem theorem_2 : forall k s t is es t',
  above k s t -> bare_run (machine 0) is t = (es, t') -> at_boundary k t' ->
  exists is' s', bare_run (machine k) is' s = (es, s') /\ above k s' t'.
Proof.
  induction k as [|k IH]; intros s t is es t' A B At.
  - simpl in A. subst t. exists is, t'. simpl. auto.
  - destruct A as (r & u & G & P & A). destruct At as [At Next].
    destruct (IH u t is es t' A B At) as (js & u' & Bu & A').
    destruct (compiled _ _ (levels k) r u js es u' P Bu (Next u' A')) as (ks & r' & Run & P').
    destruct (homomorphism _ _ _ _ (theorem_holds _ _ (levels k)) s r ks es r' G Run)
      as (s' & Bs & G').
    exists ks, s'. split; [assumption | simpl; eauto].
Qed.
End Recursion.

(** * The hypotheses can be met

    Else all this were idle.  A toy that counts: its instruction at 1 is
    emulated, and sends a byte; at 2 an interrupt is due, which the real timer
    brings into the monitor; all else is executed directly. *)
Definition toy : bare_machine := {|
  bare_state := nat; world := unit;
  due s := s =? 2; interrupt := S;
  instruction _ s := (if s =? 1 then [sends 65] else [], S s);
  receive byte s := s
|}.

Definition toy_monitored : real_machine unit := {|
  real_state := nat * place; at_ := snd;
  before_timer r := fst r <> 2; listens _ := False;
  executes r r' := fst r <> 1 /\ r' = (S (fst r), in_guest);
  emulates _ r es r' := fst r = 1 /\ es = [sends 65] /\ r' = (2, in_monitor);
  timer_fires r r' := r' = (fst r, in_monitor);
  injects r r' := fst r = 2 /\ r' = (3, in_monitor);
  enters r r' := r' = (fst r, in_guest);
  takes_turn r r' := r' = r;
  reflects _ _ := False; waits _ _ := False; byte_comes _ _ _ := False;
  interprets _ _ _ _ := False; interprets_wait _ _ := False; wakes _ _ _ _ := False
|}.

Definition toy_related (s : nat) (r : nat * place) := s = fst r /\ snd r <> in_wait.

Lemma toy_homomorphic : homomorphic toy toy_monitored every toy_related.
Proof.
  constructor; unfold toy_related, every; simpl; intros; try exact I;
    try (destruct r as [n p]; simpl in *); intuition (subst; simpl in *; try easy).
  - destruct (Nat.eqb_spec n 2); easy.
  - exists (S n). destruct (Nat.eqb_spec n 1); easy.
  - exists 2. easy.
  - firstorder.
Qed.

Example toy_run : real_run toy_monitored (0, in_guest)
  [step tt; step tt; step tt; step tt] [sends 65] (4, in_guest).
Proof.
  apply (real_goes toy_monitored _ [step tt] [] (1, in_guest) [step tt; step tt; step tt]).
  { apply real_executes; simpl; easy. }
  apply (real_goes toy_monitored _ [step tt] [sends 65] (2, in_monitor) [step tt; step tt] []).
  { apply real_emulates; simpl; easy. }
  apply (real_goes toy_monitored _ [step tt] [] (3, in_monitor) [step tt]).
  { apply real_injects; simpl; easy. }
  apply (real_goes toy_monitored _ [] [] (3, in_guest)).
  { apply real_enters; simpl; easy. }
  apply (real_goes toy_monitored _ [step tt] [] (4, in_guest) []).
  { apply real_executes; simpl; easy. }
  constructor.
Qed.

(** What all this rests on: nothing but the premises in sight. *)
Print Assumptions theorem_1.
Print Assumptions theorem_3.
Print Assumptions nothing_passed_over.
Print Assumptions direct_execution.
Print Assumptions resource_control.
Print Assumptions theorem_2.
Print Assumptions toy_homomorphic.
Print Assumptions toy_run.
